"""How risky a change is, and why: computed, so that no author can talk it down. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from governance import canonical
from governance.agreements.rules import walk
from governance.approvals.lifecycle import RiskClass, heavier

WORDS = frozenset({"name", "description", "notes"})
SENSITIVE = frozenset({"money", "tax", "party", "date", "rate"})
"""Kinds of field whose change of meaning is R3 wherever it happens."""

TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
R0, RV, R1, R2, R3 = RiskClass.R0, RiskClass.RV, RiskClass.R1, RiskClass.R2, RiskClass.R3


@dataclass(frozen=True, slots=True)
class Change:
    """One item against what is active; `old` is None where nothing is."""

    kind: str
    slug: str
    old: dict[str, Any] | None
    new: dict[str, Any]
    verdict: str = ""
    """The compatibility engine's: compatible, incompatible, not_checked; '' where none applies."""
    sensitive: frozenset[str] = frozenset()
    """Canonical fields of the entity that hold money, tax, party, dates or rates."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a class."""

    risk: RiskClass
    why: str
    money: bool = False
    second_person: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """The heaviest class of all items, and every reason that led to it or below it."""

    risk_class: RiskClass
    reasons: list[str] = field(default_factory=list)
    money: bool = False
    second_person: bool = False


def classify(changes: Iterable[Change], *, raised_to: str = "") -> Classification:
    """The class of a revision."""
    found = R0
    grounds: list[tuple[Change, Ground]] = []
    for change in changes:
        for ground in weigh(change):
            grounds.append((change, ground))
            found = heavier(found, ground.risk)
    reasons = [
        f"{ground.risk}: {change.kind.replace('_', ' ')} {change.slug}: {ground.why}"
        for change, ground in sorted(grounds, key=lambda one: -int(one[1].risk == found))
    ]
    risen = heavier(found, raised_to)
    if risen != found:
        reasons.insert(0, f"{risen}: its author asked for more review than {found}")
    return Classification(
        risk_class=risen,
        reasons=reasons,
        money=any(ground.money for _, ground in grounds),
        second_person=any(ground.second_person for _, ground in grounds),
    )


def weigh(change: Change) -> list[Ground]:
    """The grounds of one item; never empty."""
    changed = _changed(change.old or {}, change.new)
    if change.old is not None and not changed - WORDS:
        return [Ground(R0, "words only" if changed else "nothing but its status changes")]
    return WEIGHTS.get(change.kind, _behaviour)(change, changed - WORDS)


def _changed(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Compared as they are hashed: to Python, `true` and `1` are equal."""
    return {key for key in {*old, *new} if not same(old.get(key), new.get(key))}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _behaviour(change: Change, changed: set[str]) -> list[Ground]:
    if change.old is None:
        return [Ground(R2, "it is new")]
    return [Ground(R2, f"it behaves differently ({_listed(changed)})")]


def _ownership(change: Change, changed: set[str]) -> list[Ground]:
    return [Ground(R2, f"who owns or may do what changes ({_listed(changed)})")]


def _authority(change: Change, changed: set[str]) -> list[Ground]:
    return [Ground(R3, "the system of record changes", money=bool(change.sensitive))]


def _entity(change: Change, changed: set[str]) -> list[Ground]:
    if change.old is None:
        return [Ground(R2, "it is new")]
    before, after = _attributes(change.old), _attributes(change.new)
    gone = [name for name in before if after.get(name) != before[name]]
    if gone:
        return [Ground(R3, f"fields are removed or change their group ({_listed(gone)})")]
    return [Ground(R1, "fields or groups are added")]


def _attributes(document: dict[str, Any]) -> dict[str, str]:
    return {
        one["name"]: group["slug"] for group in document["groups"] for one in group["attributes"]
    }


def _value_map(change: Change, changed: set[str]) -> list[Ground]:
    if change.old is None:
        return [Ground(R2, "it is new")]
    before, after = _rows(change.old), _rows(change.new)
    touches = change.new.get("touches") or change.old.get("touches") or ""
    altered = [here for here in before if after.get(here) != before[here]]
    grounds = []
    if altered:
        risk = R3 if touches else R2
        grounds.append(Ground(risk, f"rows change or go ({_listed(altered)})", bool(touches)))
    if added := set(after) - set(before):
        two = bool(touches)
        grounds.append(Ground(RV, f"rows are added ({_listed(added)})", second_person=two))
    if others := changed - {"rows"}:
        grounds.append(Ground(R2, f"it behaves differently ({_listed(others)})"))
    return grounds or [Ground(R0, "rows are only reordered")]


def _rows(document: dict[str, Any]) -> dict[str, str]:
    return {row["from"]: row["to"] for row in document.get("rows", [])}


def _mapping(change: Change, changed: set[str]) -> list[Ground]:
    if change.old is None:
        return [Ground(R2, "it is new")]
    touched = _changed_rules(change.old, change.new)
    if hit := {name for text in touched for name in TOKEN.findall(text)} & change.sensitive:
        return [Ground(R3, f"{_listed(hit)} is mapped differently", money=True)]
    return _behaviour(change, changed)


def _changed_rules(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Targets and expressions of the rules that stand in one mapping only."""
    before, after = _all_rules(old), _all_rules(new)
    alone = [one for key, one in before.items() if key not in after]
    alone += [one for key, one in after.items() if key not in before]
    return [
        f"{rule.get('to', '')} {rule.get('from', '')} {rule.get('each', '')}"
        for _, rule in walk(alone)
    ]


def _all_rules(document: dict[str, Any]) -> dict[tuple[str, bytes], dict[str, Any]]:
    """(effect or read, the rule as it is hashed) → rule."""
    found = [("read", one) for one in document["read"]["rules"]]
    for effect in document["effects"]:
        place = f"effect {effect['kind']}"
        found += [(place, one) for one in (*effect.get("body", []), *effect.get("path", []))]
    return {(place, canonical.encode(one)): one for place, one in found}


def _flow(change: Change, changed: set[str]) -> list[Ground]:
    grounds = _behaviour(change, changed)
    if change.old is not None and "amount" in changed:
        grounds.append(Ground(R3, "where its money stands changes", money=True))
    return grounds


def _version(change: Change, changed: set[str]) -> list[Ground]:
    """API versions: the engine's verdict is the class."""
    if change.old is None:
        return [Ground(R2, "it is the first version")]
    return [_verdict(change)]


def _verdict(change: Change) -> Ground:
    if change.verdict == "compatible":
        return Ground(R1, "it is compatible with the version before")
    if change.verdict == "incompatible":
        return Ground(R3, "it breaks those who rely on the version before")
    return Ground(R3, "compatibility with the version before was not checked")


def _contract_version(change: Change, changed: set[str]) -> list[Ground]:
    if change.old is None:
        return [Ground(R2, "it is the first version")]
    grounds = [_meaning(name, change) for name in _meanings_changed(change.old, change.new)]
    if "schema" in changed:
        verdict = _verdict(change)
        money = verdict.risk == R3 and bool(_schema_changed(change) & change.sensitive)
        grounds.append(Ground(verdict.risk, verdict.why, money=money))
    if "sums" in changed:
        grounds.append(Ground(R3, "what its amounts add up to changes", money=True))
    if "sla" in changed:
        grounds.append(Ground(R2, "how soon a record has to settle changes"))
    return grounds or [Ground(R1, "it promises what the version before promised")]


def _meanings_changed(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    before, after = old.get("fields", {}), new.get("fields", {})
    shared = set(old["schema"].get("properties", {})) & set(new["schema"].get("properties", {}))
    return sorted(name for name in shared if not same(before.get(name, {}), after.get(name, {})))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are hashed alike."""
    return canonical.encode(one) == canonical.encode(other)


def _meaning(name: str, change: Change) -> Ground:
    before = (change.old or {}).get("fields", {}).get(name, {})
    after = change.new.get("fields", {}).get(name, {})
    if _changed(before, after) == {"classification"}:
        return Ground(R2, f"{name} is classified differently")
    money = name in change.sensitive or bool(SENSITIVE & {before.get("kind"), after.get("kind")})
    return Ground(R3, f"{name} changes its meaning", money=money)


def _schema_changed(change: Change) -> set[str]:
    before = (change.old or {})["schema"].get("properties", {})
    return _changed(before, change.new["schema"].get("properties", {}))


def _measured(change: Change, changed: set[str]) -> list[Ground]:
    """A number that the firm reports gets another meaning."""
    if change.old is None:
        return [Ground(R2, "it is new")]
    return [Ground(R3, f"what a number means changes ({_listed(changed)})", money=True)]


def _rates(change: Change, changed: set[str]) -> list[Ground]:
    """New rates are finance's routine; one that was there is never rewritten lightly."""
    if change.old is None or changed != {"rates"}:
        return _measured(change, changed)
    before, after = _dated(change.old), _dated(change.new)
    altered = [name for name, rate in before.items() if after.get(name) != rate]
    if altered:
        return [Ground(R3, f"rates change or go ({_listed(altered)})", money=True)]
    return [Ground(R2, "rates are added", money=True)]


def _dated(document: dict[str, Any]) -> dict[str, str]:
    return {f"{one['currency']} from {one['on']}": one["rate"] for one in document["rates"]}


WEIGHTS: dict[str, Callable[[Change, set[str]], list[Ground]]] = {
    "domain": _ownership,
    "team": _ownership,
    "role_grant": _ownership,
    "authority": _authority,
    "entity": _entity,
    "api_version": _version,
    "data_contract_version": _contract_version,
    "measure": _measured,
    "loss_table": _measured,
    "fx_source": _rates,
    "value_map": _value_map,
    "mapping": _mapping,
    "flow": _flow,
}
"""Kinds that weigh more than *behaviour, R2*."""


def sensitive_fields(documents: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Fields of data contract versions that hold money, tax, party, dates or rates.

    The field that carries an amount's currency is one of them.
    """
    found: set[str] = set()
    for document in documents:
        for name, meaning in document.get("fields", {}).items():
            carrier = meaning.get("currency", "")
            if meaning.get("kind") in SENSITIVE or carrier:
                found.add(name)
            if carrier in document["schema"].get("properties", {}):
                found.add(carrier)
    return frozenset(found)
