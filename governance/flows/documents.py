"""Documents of value maps, mappings and flows.

Expressions are JMESPath over the *source* record (in `read`) or the *canonical* record (in
`effects`). A value is a rule: an expression, or a constant, or a cross-reference that is resolved
when the effect is delivered.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from governance.flows.telling import Control, Milestone, Path, Reconciliation
from governance.ownership.documents import Document, Duration, Name, Part, Slug


class ValueMapRow(Part):
    """This value here is that value there."""

    here: str = msgspec.field(name="from")
    there: str = msgspec.field(name="to")


class ValueMapDocument(Document):
    """`touches` tells whether rows change tax, account, currency or party (two people then)."""

    slug: Slug
    name: Name
    domain: Slug
    rows: list[ValueMapRow]
    touches: Literal["", "tax", "account", "currency", "party"] = ""
    description: str = ""


class Transform(Part):
    """A Decimal-safe step from the closed catalogue in `governance.agreements.transforms`."""

    name: str
    by: str = ""
    """Factor, scale, format or other single argument, as text."""
    of: str = ""
    """Second argument, such as the replacement of `replace`."""


class CrossRef(Part):
    """The id that the record `key` (canonical id, JMESPath) of `entity` has in `system`.

    `system` empty means the flow's target. Where none is known yet the effect waits.
    """

    entity: Slug
    key: Path
    system: str = ""


class Rule(Part):
    """One field: `to` is a dotted path (`lines[0].amount`, `metadata.project`) in the result.

    Exactly one of `path`, `constant`, `crossref`, `each` gives the value. `required` makes a
    missing value a mapping case; otherwise a missing value is left out. `each` (JMESPath to a list)
    makes a list: `rules` are read in the record with the element as `item`.
    """

    to: str
    path: str = msgspec.field(default="", name="from")
    constant: Any = None
    crossref: CrossRef | None = None
    transforms: list[Transform] = []
    value_map: str = ""
    default: Any = None
    required: bool = False
    each: str = ""
    rules: list[Rule] = []


class KnownAs(Part):
    """The record read *is* the record `key` (JMESPath on the canonical record) of `entity`."""

    entity: Slug
    key: Path = "id"


class Read(Part):
    """Source record → canonical record. `id` must be among the results: the canonical id."""

    rules: list[Rule]
    when: str = ""
    """JMESPath on the source record; records for which it is falsy are settled as not ours."""
    known_as: KnownAs | None = None
    """Remembers the record's id in the source system as cross-reference; no key, no reference."""


class Effect(Part):
    """One intended effect on the target, in order within the lane of its business key."""

    kind: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    object: str
    action: str = "create"
    when: str = ""
    business_key: Path = "id"
    revision: Literal["version", "once"] = "version"
    body: list[Rule] = []
    path: list[Rule] = []
    reference: str = ""
    """JMESPath for our reference at the target; empty: the business key."""
    saves: str = ""
    """Entity whose cross-reference (canonical id → the answer's id) is stored."""
    saves_key: str = ""
    """JMESPath for the canonical id that is stored; empty: the business key."""
    needs: list[CrossRef] = []
    """Records that must be known at the target before this is sent; a key may give a list."""


class MappingDocument(Document):
    """How one entity is read and what effects it has."""

    slug: Slug
    name: Name
    domain: Slug
    entity: Slug
    read: Read
    effects: list[Effect]
    description: str = ""


class Side(Part):
    """One end of a flow; `where` are constants for the object's filter."""

    connection: Slug
    object: str = ""
    where: dict[str, str] = {}
    api: str = ""
    """`api@version` that this side was built against."""


class Schedule(Part):
    """Exactly one of `every` and `cron` for scheduled flows; both empty: events or by hand."""

    every: Duration | Literal[""] = ""
    cron: str = ""
    time_zone: str = "UTC"
    catch_up: Literal["skip", "latest", "all"] = "latest"


class Retry(Part):
    """Exponential with full jitter; seconds."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 8
    base_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 2.0
    cap_seconds: Annotated[float, msgspec.Meta(gt=0, le=86400)] = 600.0
    patience_seconds: Annotated[float, msgspec.Meta(gt=0, le=2_592_000)] = 14_400.0
    """How long an effect waits for a record that it refers to before a person is asked."""


class Amount(Part):
    """Where the money of a record stands in the canonical record; a decimal amount."""

    value: Path
    currency: Path


class FlowDocument(Document):
    """Entity X from A to B under a data contract."""

    slug: Slug
    name: Name
    domain: Slug
    entity: Slug
    contract: str
    """`data contract@line`, such as `time-entry@1`."""
    mapping: Slug
    source: Side
    target: Side
    pattern: Literal["schedule", "event", "check"] = "schedule"
    mode: Literal["replicate", "reference", "observe"] = "replicate"
    schedule: Schedule = msgspec.field(default_factory=Schedule)
    ordering: Literal["strict", "latest_wins", "independent"] = "strict"
    lane: str = ""
    """JMESPath on the canonical record; empty: the canonical id."""
    retry: Retry = msgspec.field(default_factory=Retry)
    amount: Amount | None = None
    business_key: Path = "id"
    """What people search for: an invoice or project number."""
    scope: str = ""
    """JMESPath giving the authority scope, such as `region:EMEA`; empty: everywhere."""
    escalation_path: str = ""
    team: str = ""
    calendar: str = ""
    """Business calendar by which its clocks run; empty: elapsed time."""
    milestones: list[Milestone] = []
    reconciles: list[Reconciliation] = []
    controls: list[Control] = []
    description: str = ""
