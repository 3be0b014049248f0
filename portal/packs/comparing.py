"""What of a pack a portal has already: equal, different, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.approvals import bases, kinds, subjects
from governance.approvals.classify import same
from governance.authority.models import AuthorityAssignment
from governance.ownership.lifecycle import Status
from portal.packs.documents import Item as Given

if TYPE_CHECKING:
    from governance.approvals.subjects import Item

Place = tuple[str, str, str]


@dataclass
class Compared:
    """`fresh` is registered nowhere yet; `different` is active here with other content."""

    fresh: list[Given] = field(default_factory=list)
    equal: list[Given] = field(default_factory=list)
    different: list[Given] = field(default_factory=list)
    unfit: list[Given] = field(default_factory=list)
    """Refers to attribute groups that the firm's own entity does not have."""


def compare(items: Sequence[Given]) -> Compared:
    """Each item against what is active. Raises InvalidDocument."""
    found = Compared()
    parsed = [subjects.parse_items([item])[0] for item in items]
    held = {**_rows(parsed), **_authors(parsed)}
    for given, item in zip(items, parsed, strict=True):
        document = held.get((item.kind, item.slug))
        if document is None:
            found.fresh.append(given)
        elif _is_equal(item.kind, document, item.document):
            found.equal.append(given)
        else:
            found.different.append(given)
    return _without_unfit(found)


def _rows(items: Sequence[Item]) -> dict[tuple[str, str], dict[str, Any]]:
    """Active documents; of a version also whatever version of its line is active."""
    rows = bases.active_rows(items)
    found = {name: dict(row.document) for name, row in rows.items()}
    for item in items:
        if (item.kind, item.slug) not in found and (row := bases.current_of_line(item)):
            found[item.kind, item.slug] = dict(row.document)
    return found


def _authors(items: Sequence[Item]) -> dict[tuple[str, str], dict[str, Any]]:
    """A group that has an author in the same scope is provided for, from whatever day on."""
    wanted = {_place(item.document): item for item in items if item.kind == "authority"}
    rows = AuthorityAssignment.objects.filter(
        status=Status.ACTIVE, effective_to=None, entity__slug__in={place[0] for place in wanted}
    )
    held = {_place(row.document): dict(row.document) for row in rows}
    return {
        ("authority", item.slug): held[place] for place, item in wanted.items() if place in held
    }


def _place(document: dict[str, Any]) -> Place:
    return document["entity"], document["group"], document.get("scope", "*")


def _is_equal(kind: str, held: dict[str, Any], wanted: dict[str, Any]) -> bool:
    if kind == "authority":
        return bool(held["system"] == wanted["system"])
    return same(held, wanted)


def _without_unfit(found: Compared) -> Compared:
    """An entity of the firm's own keeps its groups: no authority for one that it lacks."""
    own = [one["document"]["slug"] for one in found.different if one["kind"] == "entity"]
    if not own:
        return found
    model = kinds.KINDS["entity"].model
    groups = {
        row.slug: {group["slug"] for group in row.document["groups"]}
        for row in model._default_manager.filter(slug__in=own)
    }
    fits = {True: list[Given](), False: list[Given]()}
    for item in found.fresh:
        document = item["document"]
        lacks = item["kind"] == "authority" and document["group"] not in groups.get(
            document["entity"], {document["group"]}
        )
        fits[not lacks].append(item)
    found.fresh, found.unfit = fits[True], fits[False]
    return found


def counted(items: Iterable[Given]) -> str:
    """`25 entities, 1 process`; in the order in which they are written."""
    numbers = Counter(item["kind"] for item in items)
    return ", ".join(
        f"{numbers[kind]} {word.label.lower() if numbers[kind] == 1 else _many(word.plural)}"
        for kind, word in kinds.KINDS.items()
        if numbers[kind]
    )


def _many(plural: str) -> str:
    return plural.replace("-", " ")


def named(items: Iterable[Given]) -> str:
    """`entity customer, system psa`."""
    parsed = [subjects.parse_items([item])[0] for item in items]
    return ", ".join(f"{item.kind.replace('_', ' ')} {item.slug}" for item in parsed)
