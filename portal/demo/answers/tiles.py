"""What each tile of the finance dashboard has to show at the fixed present, by plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal.demo.answers.fault import Fault
from portal.demo.answers.faults import faults
from portal.demo.answers.money import Item, Sum, age, total
from portal.demo.answers.unbilled import by_age, roll_forward, sum_of, unbilled
from portal.demo.firm.calendar import NOW, business_days, midnight
from portal.demo.firm.world import World

PARTS = ("unbilled", "unposted", "unapplied")
PAST = 10
"""Business days after which approved work should have been billed."""
WINDOW = timedelta(days=28)


@dataclass(frozen=True)
class Tile:
    """A number and the list that sums to it; `parts` are its slices, or what it comes from."""

    slug: str
    title: str
    money: Sum
    parts: dict[str, Sum]


def tiles(world: World) -> list[Tile]:
    """In the order of the dashboard."""
    found = faults(world)
    return [
        _approved_not_billed(world),
        Tile("past-objective", "Approved, not billed, past 10 business days", _past(world), {}),
        _not_posted(found),
        _failed(found),
        _version_mismatch(found),
        at_risk(found),
        _rolled(world),
        _breaks(world, found),
    ]


def _approved_not_billed(world: World) -> Tile:
    money = sum_of(world, unbilled(world))
    return Tile("approved-not-billed", "Approved, not billed", money, by_age(world))


def _past(world: World) -> Sum:
    return sum_of(world, [line for line in unbilled(world) if age(line) > PAST])


def _not_posted(found: list[Fault]) -> Tile:
    """After the product has posted what can be posted."""
    parts = {one.slug: one.money for one in found if one.part == "unposted"}
    return Tile("not-posted", "Issued, not posted", _together(parts), parts)


def _failed(found: list[Fault]) -> Tile:
    money = next(one.money for one in found if one.slug == "period-closed")
    return Tile("failed-posts", "Posts that the ledger refused", money, {})


def _version_mismatch(found: list[Fault]) -> Tile:
    [fault] = [one for one in found if one.slug == "contract-version"]
    return Tile(
        "contract-version",
        "Unbilled under customer contracts of different versions",
        fault.money,
        {fault.records[0]: fault.money},
    )


def at_risk(found: list[Fault]) -> Tile:
    """Exposure: each unit once, under the first fault that blocks it."""
    seen: set[str] = set()
    parts: dict[str, list[Item]] = {name: [] for name in PARTS}
    for fault in found:
        for item in fault.money.items if fault.part else ():
            if item.key not in seen:
                seen.add(item.key)
                parts[fault.part].append(item)
    sums = {name: total(items) for name, items in parts.items()}
    return Tile("revenue-at-risk", "Revenue at risk", _together(sums), sums)


def _rolled(world: World) -> Tile:
    parts = roll_forward(world)
    return Tile("roll-forward", "Unbilled at the end of the month so far", parts["closing"], parts)


def _breaks(world: World, found: list[Fault]) -> Tile:
    """Unmatched or different after all is done, by reconciliation."""
    by_slug = {one.slug: one for one in found}
    unposted = by_slug["tax-code"].money.items + by_slug["period-closed"].money.items
    parts = {
        "crm-billing-contracts": _nothing(by_slug["rate-rise"], by_slug["contract-version"]),
        "crm-psa-contracts": _nothing(by_slug["contract-version"]),
        "billing-erp-invoices": total(_gross(world, item) for item in unposted),
        "billing-erp-receivables": total([]),
        "billing-erp-credit-memos": by_slug["credit-memo"].money,
    }
    return Tile("breaks", "Reconciliation breaks", _together(parts), parts)


def _nothing(*found: Fault) -> Sum:
    """Differences of terms, which are worth nothing themselves."""
    return total(Item(one.records[0], 0, "EUR", NOW.date()) for one in found)


def _gross(world: World, item: Item) -> Item:
    return Item(item.key, world.numbered[item.key].gross, item.currency, item.on)


def _together(parts: dict[str, Sum]) -> Sum:
    return total(item for one in parts.values() for item in one.items)


def latencies(world: World, *, within: timedelta = WINDOW) -> list[float]:
    """Business days from approval (or the day from which it may be billed) to posting, per line
    of the invoices posted in that time, in order."""
    found = []
    for one in world.invoices:
        if one.posted_at and one.posted_at > NOW - within:
            for line in (line for row in one.lines for line in row.sources):
                starts = [line.approved_at or NOW]
                starts += [midnight(line.entity, line.billable_on)] if line.billable_on else []
                found.append(business_days(line.entity, max(starts), one.posted_at))
    return sorted(found)


def percentile(values: list[float], percent: int) -> float:
    """Of an ordered list: the smallest value that so many percent do not exceed."""
    return values[max(0, -(-len(values) * percent // 100) - 1)]
