"""How the engine fares on cases that others published."""

import datetime

from shared_cases import cases, shared

from governance.compatibility.engine import Comparison, Policy, compare, load

TODAY = Policy(today=datetime.date(2026, 11, 1))


def test_no_proven_incompatible_schema_is_called_compatible_and_few_are_left_open() -> None:
    wrong, harmless_alarms, open_cases, compatible = [], [], [], 0
    listed = cases("compat/json-schema-witness.json")
    for case in listed:
        old, new = load(case["old"], "json-schema"), load(case["new"], "json-schema")
        verdict = compare(old, new, mode=case["mode"]).verdict
        compatible += case["expected"] == "compatible"
        if verdict == "not_checked":
            open_cases.append(case["id"])
        elif verdict != case["expected"]:
            (wrong if verdict == "compatible" else harmless_alarms).append(case["id"])
    assert wrong == []
    assert len(harmless_alarms) <= 0.005 * compatible
    assert len(open_cases) <= 0.01 * len(listed)


def judged(case: dict[str, str]) -> Comparison:
    old, new = (
        load(shared(f"compat/{case[side]}").read_bytes(), "openapi") for side in ("old", "new")
    )
    return compare(old, new, mode=case["mode"], policy=TODAY)


def share(failed: list[str], of: int, allowed: float) -> None:
    assert len(failed) <= allowed * of, failed


def test_breaking_api_changes_are_found_and_harmless_ones_pass() -> None:
    plain = [case for case in cases("compat/openapi-cases.json") if not case["policy"]]
    breaking = [case for case in plain if case["expected"] == "breaking"]
    missed = [case["id"] for case in breaking if judged(case).verdict != "incompatible"]
    share(missed, len(breaking), 0.03)
    harmless = [
        case
        for case in plain
        if case["expected"] in ("non-breaking", "no-finding") and not case["pair_breaking"]
    ]
    alarms = [case["id"] for case in harmless if judged(case).verdict == "incompatible"]
    share(alarms, len(harmless), 0.03)


def test_findings_carry_the_names_that_others_use() -> None:
    named = [
        case
        for case in cases("compat/openapi-cases.json")
        if case["rule_ids"] and not case["policy"]
    ]
    unnamed = [
        case["id"]
        for case in named
        if not set(case["rule_ids"]) <= {finding.rule for finding in judged(case).findings}
    ]
    share(unnamed, len(named), 0.1)


def test_real_specifications_are_compared_to_a_verdict() -> None:
    old, new = (
        load(shared(f"specs/stripe/{name}.json").read_bytes())
        for name in ("2021-11-12", "2022-04-12")
    )
    result = compare(old, new)
    assert result.verdict == "incompatible"
    assert result.not_checked == []
    assert 10 < len(result.findings) < 1000
