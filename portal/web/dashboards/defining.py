"""Definition cards: formula, unit, objective, owner, version and exclusions of a measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from governance.ownership.models import DomainSeat, Team
from integrations.sla.queries import Figure
from portal.accounts.models import User
from portal.web.shell.words import word_of

UNITS = {
    "money": "money, net of tax, at the rate of each event's day",
    "business_days": "business days of the legal entity",
    "percent": "percent",
    "count": "count",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means, as the firm agreed; `agreed` is false where nobody did."""

    slug: str
    title: str
    formula: str
    unit: str
    objective: str
    owner: str
    version: str
    exclusions: list[str]
    thresholds: list[str]
    agreed: bool


def definitions(figures: Iterable[Figure]) -> dict[str, Definition]:
    """By slug of the figure; a number of queries that does not grow with them."""
    found = list(figures)
    owners = _owners([one.measure for one in found if one.measure])
    return {one.slug: _definition(one, owners) for one in found}


def _definition(figure: Figure, owners: dict[tuple[str, str], str]) -> Definition:
    told = figure.measure
    return Definition(
        slug=figure.slug,
        title=figure.title,
        formula=told.get("description", ""),
        unit=UNITS.get(figure.unit, word_of(figure.unit).lower()),
        objective=figure.objective,
        owner=owners.get((told.get("domain", ""), told.get("owner", "")), ""),
        version=told.get("version", "1"),
        exclusions=list(told.get("exclusions", [])),
        thresholds=[
            f"{word_of(name).lower()}: {value}"
            for name, value in told.get("thresholds", {}).items()
        ],
        agreed=bool(told),
    )


def _owners(measures: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """(domain, owner as written) → who that is."""
    wanted = {(one.get("domain", ""), one.get("owner", "")) for one in measures}
    seats: dict[tuple[str, str], list[str]] = {}
    domains = {domain for domain, _ in wanted}
    rows = DomainSeat.objects.filter(domain__slug__in=domains).select_related("person", "domain")
    for row in rows.order_by("person__first_name", "pk"):
        seats.setdefault((row.domain.slug, row.seat), []).append(row.person.label)
    names = _names({owner for _, owner in wanted})
    return {(domain, owner): _owner(domain, owner, seats, names) for domain, owner in wanted}


def _names(owners: set[str]) -> dict[str, str]:
    """Teams and people that are named themselves."""
    slugs = [owner.partition(":")[2] for owner in owners]
    teams = Team.objects.filter(slug__in=slugs).values_list("slug", "name")
    people = {
        f"person:{one.username}": one.label for one in User.objects.filter(username__in=slugs)
    }
    return {f"team:{slug}": name for slug, name in teams} | people


def _owner(
    domain: str, owner: str, seats: dict[tuple[str, str], list[str]], names: dict[str, str]
) -> str:
    kind, _, name = owner.partition(":")
    if kind == "seat":
        held = ", ".join(seats.get((domain, name), []))
        return f"{word_of(name)} of {domain}" + (f": {held}" if held else "")
    return names.get(owner, name)
