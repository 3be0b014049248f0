"""A change of many items is told by kinds; one of few is told item by item."""

from governance.approvals.queries import ItemView
from portal.web.changes.grouping import MANY, parted


def item(label: str, number: int, *, before: bool = False) -> ItemView:
    held = {"slug": "old"} if before else None
    return ItemView(label.lower(), label, f"{label}-{number}", held, {"slug": "new"}, [])


def test_few_new_items_are_shown_one_by_one():
    items = [item("Team", number) for number in range(MANY - 1)]
    shown, kinds = parted(items)
    assert ([one.number for one in shown], kinds) == (list(range(MANY - 1)), [])


def test_many_new_items_stand_by_kind_and_what_is_compared_stays():
    items = [item("Team", 0), item("Flow", 1, before=True)]
    items += [item("Flow", number) for number in range(2, MANY + 2)] + [item("Team", MANY + 2)]
    shown, kinds = parted(items)
    assert [one.number for one in shown] == [1]
    told = {kind.label: [one.number for one in kind.members] for kind in kinds}
    assert told == {"Team": [0, MANY + 2], "Flow": list(range(2, MANY + 2))}
