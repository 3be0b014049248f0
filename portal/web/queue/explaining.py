"""Rule, clause, value and flow agreement behind a case, each with the page that says more."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from integrations.cases.lifecycle import CaseClass
from integrations.cases.models import Case
from portal.web.queue.comparing import shown


def facts(case: Case, document: dict[str, Any]) -> list[dict[str, str]]:
    """What is known; what is empty is left out."""
    told = case.detail
    found = [
        _rule(case, document),
        _fact("Clause", str(told.get("clause", "")), mono=True),
        _fact("Value", shown(told.get("value")), bad=True),
        _fact("Finding", str(told.get("expected", ""))),
    ]
    if document and case.agreement is not None:
        flow = document["flow"]
        words = f"{flow['name']}, flow agreement {case.agreement.number}"
        url = reverse("catalogue-detail", args=["flows", flow["slug"]])
        found.append(_fact("Ran under", words, url=url, digest=case.agreement.digest))
    return [one for one in found if one["words"]]


def _rule(case: Case, document: dict[str, Any]) -> dict[str, str]:
    fix = case.detail.get("fix") or {}
    if fix.get("value_map"):
        url = reverse("catalogue-detail", args=["value-maps", fix["value_map"]])
        return _fact("Value map", fix["value_map"], url=url)
    if case.klass == CaseClass.CONTRACT and document:
        terms = document["contract"]
        slug = f"{terms['slug']}@{terms['version']}"
        url = reverse("catalogue-detail", args=["data-contract-versions", slug])
        return _fact("Rule", f"data contract {terms['slug']} {terms['version']}", url=url)
    if case.klass == CaseClass.AUTHORITY and document:
        entity = document["entity"]["slug"]
        url = reverse("catalogue-detail", args=["entities", entity])
        return _fact("Rule", f"system of record of {entity}", url=url)
    return _fact("Rule", str(case.detail.get("rule", "")))


def _fact(name: str, words: str, **more: Any) -> dict[str, str]:
    return {"name": name, "words": words, **more}
