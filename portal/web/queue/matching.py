"""Picking the matching record: who is offered, why, and what the choice would set off."""

from __future__ import annotations

from typing import Any

from governance import clock
from integrations.cases import picking
from integrations.cases.entering import document_of
from integrations.cases.likeness import Reason
from integrations.cases.matching import Offer, offer, wanted
from integrations.cases.models import Case
from integrations.cases.wording import field_name, system_name
from integrations.crossrefs.queries import Name
from integrations.errors import Refused
from integrations.sync.matches import look_ahead_match
from portal.web.queue.comparing import shown
from portal.web.queue.forms import Fix
from portal.web.shell.access import SignedIn


def panel(case: Case, bound: Fix | None) -> dict[str, Any]:
    """The likeliest records, with the one that was chosen before the form was refused."""
    try:
        name = wanted(case)
    except Refused as error:
        return {"fix": "wait", "too_many": str(error)}
    chosen = str(bound["source_id"].value() or "") if bound is not None else ""
    return {
        **_told(offer(case, name), chosen),
        **(_outlook(case, name, chosen) if chosen else {}),
        "two": picking.needs_two(case, name[0]),
    }


def judge(request: SignedIn, case: Case) -> dict[str, Any]:
    """While somebody searches or chooses. Nothing is stored."""
    try:
        name = wanted(case)
    except Refused as error:
        return {"refusals": [str(error)]}
    chosen = request.POST.get("pick-source_id", "")
    if request.htmx.target == "outlook":
        return {"matching": "outlook", **_outlook(case, name, chosen)}
    words = request.POST.get("pick-words", "").strip()
    return {"matching": "candidates", **_told(offer(case, name, words=words), chosen, words)}


def signed(case: Case, facts: dict[str, str]) -> dict[str, Any]:
    """What the second person signs, with the same preview."""
    name, chosen = (facts["entity"], facts["key"], facts["system"]), facts["source_id"]
    told = _told(offer(case, name, words=chosen), chosen)
    rows: list[dict[str, Any]] = told["candidates"]
    picked = next((one for one in rows if one["id"] == chosen), {})
    return {**told, "picked": {**picked, "source_id": chosen}, **_outlook(case, name, chosen)}


def _told(found: Offer, chosen: str, words: str = "") -> dict[str, Any]:
    entity, key, system = found.name
    rows = [
        {
            "id": one.source_id,
            "label": one.label,
            "why": [_words(reason) for reason in one.reasons[:4]],
            "taken_by": one.taken_by if one.taken_by != key else "",
            "current": one.taken_by == key,
            "chosen": one.source_id == chosen,
        }
        for one in found.candidates
    ]
    return {
        "candidates": rows,
        "wanted": {"entity": entity.replace("-", " "), "key": key, "label": found.label},
        "there": system_name(system),
        "compared": found.compared,
        "words": words,
    }


def _words(reason: Reason) -> str:
    if reason.kind == "number":
        return f"the same number {reason.value}"
    name = field_name(reason.field).lower()
    if reason.kind == "alike":
        return f"{name} {reason.percent} % alike"
    return f"the same {name} {reason.value}"


def _outlook(case: Case, name: Name, chosen: str) -> dict[str, Any]:
    release = look_ahead_match(case, name, chosen, now=clock.now())
    changes = [
        (field_name(one.pointer.removeprefix("/body")), shown(one.before), shown(one.after))
        for effect in release.outlook.effects
        for one in effect.differences
    ]
    unknown = [
        f"{entity} {key} in {system_name(system)}" for entity, key, system in release.still_unknown
    ]
    target = system_name(document_of(case)["target"]["system"])
    return {"release": release, "changes": changes, "unknown": unknown, "target": target}
