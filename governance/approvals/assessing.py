"""What a set of items means for its review: its class, and the rules that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.approvals import bases, verdicts
from governance.approvals.classify import Change, Classification, classify, sensitive_fields
from governance.approvals.rules import Needs, Rule, can_be_met, fits, missing, pack, strengthen
from governance.catalog.models import BusinessEntity
from governance.contracts.models import DataContractVersion
from governance.errors import TransitionRefused
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.approvals.rules import Who
    from governance.approvals.subjects import Item


def assess(items: Sequence[Item], *, raised_to: str = "") -> Classification:
    """The class, computed from the items against what is active now."""
    olds = bases.befores(items)
    changes = [_change(item, old, items) for item, old in zip(items, olds, strict=True)]
    return classify(changes, raised_to=raised_to)


def _change(item: Item, old: dict[str, Any] | None, items: Sequence[Item]) -> Change:
    judgement = verdicts.judge(item, old)
    return Change(
        kind=item.kind,
        slug=item.slug,
        old=old,
        new=item.document,
        verdict=(judgement.shape or judgement.verdict) if judgement else "",
        sensitive=_sensitive(item, items),
    )


def _sensitive(item: Item, items: Sequence[Item]) -> frozenset[str]:
    """Money, tax, party, date and rate fields, as active or proposed data contracts name them."""
    versions = DataContractVersion.objects.filter(status=Status.ACTIVE)
    if item.kind in {"mapping", "authority"}:
        versions = versions.filter(contract__entity__slug=item.document["entity"])
    elif item.kind == "data_contract_version":
        versions = versions.filter(contract__slug=item.document["contract"])
    else:
        return frozenset()
    held = list(versions.values_list("document", flat=True))
    own = [item.document] if item.kind == "data_contract_version" else []
    fields = sensitive_fields([*held, *own])
    return fields & _group(item, items) if item.kind == "authority" else fields


def _group(item: Item, items: Sequence[Item]) -> frozenset[str]:
    """Fields of the group whose author changes."""
    proposed = [one for one in items if (one.kind, one.slug) == ("entity", item.document["entity"])]
    entity = proposed[0].document if proposed else _entity(item.document["entity"])
    return frozenset(
        one["name"]
        for group in entity.get("groups", [])
        if group["slug"] == item.document["group"]
        for one in group["attributes"]
    )


def _entity(slug: str) -> dict[str, Any]:
    row = BusinessEntity.objects.filter(slug=slug).first()
    return dict(row.document) if row else {}


def rules_for(
    items: Sequence[Item], found: Classification, who: Who, *, held: Sequence[Rule] = ()
) -> list[Rule]:
    """The rules of this content. `held` are those of an earlier revision: they are only added to,

    except for a seat that nobody could take any more.
    """
    slugs, firm_wide = bases.domains(items)
    needs = Needs(
        risk_class=found.risk_class,
        domains=tuple(slugs),
        firm_wide=firm_wide,
        money=found.money,
        second_person=found.second_person,
    )
    wanted = pack(needs, who)
    still = [one for one in held if who(one.seat, one.domain)]
    both = strengthen(still, wanted)
    return both if can_be_met(both, who) else wanted


def refuse_unmeetable(rules: Sequence[Rule], who: Who) -> None:
    """Every rule needs somebody who could meet it before anyone is asked."""
    lacking = missing(rules, fits(rules, who, None))
    if lacking:
        empty = [
            f"{one.seat.replace('_', ' ')}{f' of {one.domain}' if one.domain else ''}"
            for one, lack in zip(rules, lacking, strict=True)
            if lack
        ]
        raise TransitionRefused(
            f"nobody is left to review this as {', '.join(empty)}: every author is excluded and "
            "one person takes one seat; grant the seat to someone first"
        )
