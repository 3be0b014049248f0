"""From findings to a verdict, under a policy."""

from dataclasses import replace

from governance.compatibility import findings as ordering
from governance.compatibility import policies
from governance.compatibility.findings import Comparison, Finding, NotChecked, Verdict
from governance.compatibility.policies import Policy
from governance.compatibility.rules import Level


def grade(
    found: list[Finding], skipped: list[NotChecked], policy: Policy, *, proven: bool = False
) -> Comparison:
    """Breaking findings make it incompatible; what was not understood keeps it open."""
    graded = [_graded(finding, policy) for finding in found]
    kept = [_waived(finding, policy) for finding in graded]
    breaking = any(finding.level is Level.BREAKING for finding in kept)
    verdict: Verdict = "compatible"
    if breaking:
        verdict = "incompatible"
    elif skipped:
        verdict = "not_checked"
    seen = {finding.fingerprint for finding in found}
    return Comparison(
        verdict,
        ordering.ordered(kept),
        skipped,
        proven=proven,
        waivers_unused=sorted(set(policy.waivers) - seen),
        bump=bump(kept),
    )


def bump(found: list[Finding]) -> str:
    """The version step that findings ask for."""
    levels = {finding.level for finding in found}
    if Level.BREAKING in levels:
        return "major"
    if levels & {Level.RISKY, Level.SAFE}:
        return "minor"
    return "patch" if levels else ""


def _graded(finding: Finding, policy: Policy) -> Finding:
    level = policy.levels.get(finding.rule, finding.level)
    enum = finding.rule.endswith(policies.OPEN_ENUM_RULES)
    strict_enum = enum and policy.open_enums is False
    if enum and policy.open_enums and finding.rule.startswith("field-"):
        level = Level.RISKY
    strict_content = not policy.open_content and finding.rule in policies.CONTENT_RULES
    if strict_enum or strict_content:
        level = Level.BREAKING
    with_default = finding.rule.endswith("-with-default")
    if with_default and not policy.required_with_default_breaks:
        level = Level.RISKY
    if policy.risky_breaks and level is Level.RISKY:
        level = Level.BREAKING
    for tolerance in policy.tolerances:
        mine = tolerance.consumer in ("", policy.consumer)
        here = finding.new_pointer.startswith(tolerance.under) or (
            finding.old_pointer.startswith(tolerance.under)
        )
        if mine and here and finding.rule in tolerance.rules:
            level = tolerance.level
    return replace(finding, level=level, reaches=_reaches(finding, policy))


def _waived(finding: Finding, policy: Policy) -> Finding:
    reason = policy.waivers.get(finding.fingerprint)
    if reason is None:
        return finding
    return replace(finding, level=Level.INFO, message=f"{finding.message} (waived: {reason})")


def _reaches(finding: Finding, policy: Policy) -> bool:
    """Does a field that we are known to use stand in the place of a finding?"""
    if not policy.uses:
        return False
    names = {
        token
        for pointer in (finding.old_pointer, finding.new_pointer)
        for token in pointer.split("/")
    }
    quoted = finding.message
    return any(
        use.rpartition(".")[2] in names or f"'{use.rpartition('.')[2]}'" in quoted
        for use in policy.uses
    )
