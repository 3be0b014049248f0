"""Documents of processes, and what a flow's records tell of them and of each other."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from governance.ownership.documents import Document, Name, Part, Slug

Unit = Literal["deal", "contract", "project", "line", "invoice", "credit", "payment"]
"""What passes milestones; a *line* is a time entry, an expense or an accepted milestone."""
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class ProcessMilestone(Part):
    """`unit` is the kind of business thing that passes it."""

    slug: Slug
    name: Name
    unit: Unit


class ProcessDocument(Document):
    """Milestones in the order in which they are passed when all goes well."""

    slug: Slug
    name: Name
    domain: Slug
    milestones: list[ProcessMilestone]
    description: str = ""


class Milestone(Part):
    """What a record tells of a process: such a thing passed such a milestone then.

    Expressions are JMESPath over the canonical record; with `each`, the path to a list, once per
    element over the record with that element as `item`.
    """

    process: Slug
    milestone: Slug
    unit: Unit
    key: Path
    at: Path
    when: str = ""
    each: str = ""
    amount: str = ""
    currency: str = ""
    attributes: dict[str, Path] = {}


class Control(Part):
    """A rule that a sound record keeps; one for which `when` is truthy opens a case, and goes on.

    Unlike the data contract, which refuses a record, a control only tells of it.
    """

    slug: Slug
    name: Name
    when: Path
    say: str
    """What is wrong and what a person has to do about it."""


class Compared(Part):
    """A field that has to agree; `left` is read on this flow's record, `right` on the other's."""

    name: Name
    left: Path
    right: Path
    kind: Literal["text", "money", "date"] = "text"
    tolerance: Annotated[str, msgspec.Meta(pattern=r"^\d{1,9}(\.\d{1,9})?$")] = "0"
    """Money: in units of its currency. Dates: in days."""


class Reconciliation(Part):
    """This flow's newest records (left) against those of the flow `with` (right), by key.

    `missing` says on which side a record without its counterpart is a break.
    """

    slug: Slug
    name: Name
    other: Slug = msgspec.field(name="with")
    key: Path
    key_other: Path
    fields: list[Compared]
    when: str = ""
    when_other: str = ""
    amount: str = ""
    currency: str = ""
    missing: Literal["both", "left", "right", "none"] = "both"
