"""Compare two OpenAPI documents: may existing clients go on?"""

from dataclasses import replace
from typing import Any

from governance.compatibility import api_paths, api_security, local_witness, swagger, validity
from governance.compatibility.api import Api, Part, Side
from governance.compatibility.documents import Document
from governance.compatibility.findings import Finding, NotChecked
from governance.compatibility.policies import Policy
from governance.compatibility.rules import Level


def compare(old: Document, new: Document, policy: Policy) -> tuple[list[Finding], list[NotChecked]]:
    """Findings and unchecked places, as written in the documents."""
    before, after = lifted(old, "old"), lifted(new, "new")
    api = Api(before[0], after[0], policy)
    api_paths.compare_paths(api)
    api_paths.compare_webhooks(api)
    api_security.compare_demands(api, api.old.root, api.new.root, "")
    api_security.compare_schemes(api)
    _components(api)
    _servers(api)
    reach = api.crawl.spread(api.roots)
    local_witness.attach(api.crawl, list(reach))
    local_witness.overlap(api.crawl, list(reach))
    found = [*_own(api), *api.crawl.collect(reach)]
    found = [_at_origin(_softened(api, finding), before[1], after[1]) for finding in found]
    breaking = any(finding.level is Level.BREAKING for finding in found)
    found += version_findings(api, breaking=breaking)
    return found, list(api.crawl.not_checked.values())


def mirrored(finding: Finding) -> Finding:
    """A finding of the comparison the other way round, in terms of the right one."""
    return replace(finding, old_pointer=finding.new_pointer, new_pointer=finding.old_pointer)


def lifted(document: Document, name: str) -> tuple[Side, dict[str, str]]:
    """The document as OpenAPI 3 and where its moved parts were written."""
    version = validity.openapi_version(document.value)
    if version == "2.0":
        value, origins = swagger.lift(document.value)
        return Side(name, value, "2.0"), origins
    return Side(name, document.value, version), {}


def _own(api: Api) -> list[Finding]:
    return [
        replace(finding, operations=tuple(dict.fromkeys(api.operations.get(name, ()))))
        for name, finding in api.found.items()
    ]


def _softened(api: Api, finding: Finding) -> Finding:
    """What only experimental operations see breaks no promise."""
    stability = finding.rule.startswith(("api-stability", "api-invalid"))
    lasting = not all(name in api.experimental for name in finding.operations)
    if stability or not finding.operations or lasting:
        return finding
    return replace(finding, level=Level.INFO)


def _at_origin(finding: Finding, old: dict[str, str], new: dict[str, str]) -> Finding:
    if not old and not new:
        return finding
    return replace(
        finding,
        old_pointer=swagger.origin(finding.old_pointer, old),
        new_pointer=swagger.origin(finding.new_pointer, new),
    )


def _components(api: Api) -> None:
    old, new = (_schemas(side.root) for side in (api.old, api.new))
    for name in old:
        if name not in new:
            api.report("api-schema-removed", old[name], None, name=name)


def _schemas(root: Part) -> dict[str, Part]:
    components = root.child("components")
    return dict(components.children("schemas")) if components else {}


def _servers(api: Api) -> None:
    old, new = (
        {str(part.value.get("url")): part for part in side.root.items("servers")}
        for side in (api.old, api.new)
    )
    for url in old:
        if url not in new:
            api.report("server-removed", old[url], None, old=url)
    for url in new:
        if url not in old:
            api.report("server-added", None, new[url], new=url)


def version_findings(api: Api, *, breaking: bool) -> list[Finding]:
    """Does the declared version say what happened?"""
    old, new = (_version(side.root) for side in (api.old, api.new))
    places = Part({}, "/info/version"), Part({}, "/info/version")
    api.found.clear()
    major = [_numbers(text)[:1] for text in (old, new)]
    if breaking and new and major[0] and major[1] <= major[0]:
        api.report("api-major-version-not-bumped", *places, old=old, new=new)
    if breaking and old == new and new:
        api.report("api-version-not-bumped", *places, new=new)
    elif old and new and _numbers(new) < _numbers(old):
        api.report("api-version-decreased", *places, old=old, new=new)
    return list(api.found.values())


def _version(root: Part) -> str:
    info = root.child("info")
    value: Any = info.value.get("version") if info else ""
    return str(value or "")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.removeprefix("v").split(".") if part.isdecimal()]
