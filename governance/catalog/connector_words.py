"""The words of a connector description, the declarative document that the HTTP connector
executes; `connector_grammar.parse` reads one."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta

Duration = Annotated[str, Meta(pattern=r"^[1-9][0-9]*(ms|s|m|h|d)$")]
Call = Annotated[str, Meta(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")]
Way = Annotated[str, Meta(pattern=r"^((GET|POST|PUT|PATCH|DELETE) /\S*|hook)$")]
"""A call, or the connector's hook."""
Word = Annotated[str, Meta(min_length=1, max_length=200)]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,79}$")]
Body = Literal["json", "form", "none"]
Encode = Literal["none", "json", "base64url_json"]
Effect = Literal["idempotency_key", "upsert", "lookup", "none"]
ErrorClass = Literal[
    "ok",
    "throttle",
    "try_later",
    "invalid",
    "conflict",
    "duplicate",
    "not_found",
    "auth",
    "contract",
    "unknown_outcome",
    "cursor_expired",
]
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of the description; a word that it does not know is refused."""


class Login(Part, frozen=True, kw_only=True):
    """A call that gives a session: `take` names values of its answer, `value` joins them."""

    call: Call
    body: Any = None
    take: dict[str, str]
    value: Word
    encode: Literal["none", "base64"] = "none"


class Auth(Part, frozen=True, kw_only=True):
    """`name` is the header or query parameter of a key; the secret itself is never here."""

    scheme: Literal[
        "none", "basic", "bearer", "header_key", "query_key", "oauth2_cc", "session_login"
    ] = "none"
    name: str = ""
    prefix: str = ""
    username: str = ""
    client_id: str = ""
    token_url: str = ""
    scope: str = ""
    audience: str = ""
    client_auth: Literal["basic", "body"] = "basic"
    login: Login | None = None


class Csrf(Part, frozen=True, kw_only=True):
    """A token that writes must carry, fetched once per session."""

    fetch: Call
    header: Word = "x-csrf-token"


class Limit(Part, frozen=True, kw_only=True):
    """`rate` calls `per` a duration, or `concurrent` calls at once, of what `match` says."""

    match: Word = "*"
    rate: Annotated[int, Meta(ge=1)] | None = None
    per: Duration = "1s"
    concurrent: Annotated[int, Meta(ge=1, le=100)] | None = None


class LimitSignals(Part, frozen=True, kw_only=True):
    """How a throttled answer says when to come back."""

    retry_after: Word = "Retry-After"
    default_wait: Duration = "60s"


class ErrorRow(Part, frozen=True, kw_only=True):
    """The first row that matches an answer names its class. All that a row says must hold."""

    status: int | list[int] | Annotated[str, Meta(pattern=r"^[1-5]xx$")] | None = None
    method: str = ""
    content_type: str = ""
    body: str = ""
    path: str = ""
    equals: Any = UNSET
    present: bool | None = None
    klass: ErrorClass = msgspec.field(name="class")
    message: str = ""


class Values(Part, frozen=True, kw_only=True):
    """How values travel. `typed` is {"__class__": "Decimal", "decimal": "60.00"} and its like."""

    decimal: Literal["plain", "typed", "string"] = "plain"
    datetime: Literal["iso", "epoch", "epoch_ms", "msdate", "typed"] = "iso"
    zone: Literal["Z", "offset", "none"] = "Z"
    money: Literal["decimal", "minor_units"] = "decimal"


class Select(Part, frozen=True, kw_only=True):
    param: Word
    fields: list[Word]
    style: Literal["repeat", "comma"] = "repeat"


class Sort(Part, frozen=True, kw_only=True):
    """`by` is "field asc, other desc"; `fixed` states an order that cannot be asked for."""

    param: str = ""
    by: str = ""
    style: Literal["text", "minus", "pairs"] = "text"
    encode: Encode = "none"
    fixed: str = ""


class Filter(Part, frozen=True, kw_only=True):
    """How conditions are written: own parameters, a JSON domain, or the text of a language."""

    style: Literal["params", "domain", "odata", "sql"] = "params"
    param: str = ""
    encode: Encode = "none"
    names: dict[Literal["eq", "ne", "gt", "ge", "lt", "le"], str] = {}
    template: str = "{filter}"
    everything: str = ""
    times: Literal["bare", "quoted"] = "bare"


class PageSpec(Part, frozen=True, kw_only=True):
    style: Literal[
        "none", "offset", "page", "cursor_id", "token", "next_url", "link_header", "keyset"
    ] = "none"
    param: str = ""
    size: tuple[Word, Annotated[int, Meta(ge=1, le=10_000)]] | None = None
    start: int = 1
    more: str = ""
    next: str = ""
    total: str = ""


class Incremental(Part, frozen=True, kw_only=True):
    """How changes are found. `cursor` lists fields of which the first that is not null counts."""

    mode: Literal["full", "filter", "header", "window", "events"] = "full"
    cursor: Word | list[Word] | None = None
    kind: Literal["time", "number"] = "time"
    op: Literal["ge", "gt"] = "ge"
    precision: Literal["us", "ms", "s", "day"] = "us"
    overlap: Duration | None = None
    tie: str = ""
    verify: Literal["probe", "none"] = "probe"
    header: Word = "If-Modified-Since"
    lookback: Duration = "60d"
    path: str = ""
    params: dict[str, str] = {}
    records: str = ""
    id: str = "id"
    ref: str = ""
    type: str = ""
    deleted: list[str] = []
    page: PageSpec | None = None
    filter: Filter | None = None


class Deletes(Part, frozen=True, kw_only=True):
    mode: Literal["none", "flag", "tombstone", "event", "id_sweep"] = "none"
    path: str = ""
    equals: Any = UNSET
    every: Duration = "1d"


class Idempotency(Part, frozen=True, kw_only=True):
    """The system answers a repeated key with its first answer."""

    header: str = ""
    query: str = ""
    ttl: Duration = "1d"


class Lookup(Part, frozen=True, kw_only=True):
    """How to see whether an effect was made: a read whose record carries our reference in `match`,
    or whose `match` is one of `equals`."""

    call: Call | None = None
    query: dict[str, str] = {}
    field: str = ""
    match: str = ""
    records: str | None = None
    contains: bool = False
    equals: list[Any] = []
    pages: Annotated[int, Meta(ge=1, le=1000)] = 50


class Action(Part, frozen=True, kw_only=True):
    """One way to write. `call: hook` is done by the connector's named hook. `answer: lookup` says
    that the answer does not name the record, so it is looked up."""

    call: Way
    body: Body | None = None
    template: Any = None
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    id: str | None = None
    reference: str | None = None
    idempotency: Idempotency | None = None
    upsert_by: str = ""
    lookup: Lookup | str | None = None
    effect: Effect | None = None
    answer: Literal["body", "lookup"] = "body"


class WriteSpec(Part, frozen=True, kw_only=True):
    """What may be written. Keys declared here hold for every action that declares none itself."""

    create: Action | Way | None = None
    update: Action | Way | None = None
    upsert: Action | Way | None = None
    actions: dict[str, Action | Way] = {}
    body: Body = "json"
    reference: str = ""
    idempotency: Idempotency | None = None
    upsert_by: str = ""
    lookup: Lookup | str | None = None


class ObjectSpec(Part, frozen=True, kw_only=True):
    path: Word
    canonical: str = ""
    method: Literal["GET", "POST"] = "GET"
    template: Any = None
    get: Call | None = None
    records: str = ""
    id: str = "id"
    version: Word | list[Word] | None = None
    times: list[Word] = []
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    where: dict[str, Any] = {}
    select: Select | None = None
    sort: Sort | None = None
    filter: Filter | None = None
    page: PageSpec = PageSpec()
    incremental: Incremental = Incremental()
    deletes: Deletes = Deletes()
    write: WriteSpec | None = None


class Webhook(Part, frozen=True, kw_only=True):
    scheme: Literal["hmac_sha256", "standard", "token"] = "hmac_sha256"
    encoding: Literal["hex", "base64"] = "hex"
    header: Word
    signed: str = "{body}"
    tolerance: Duration = "300s"
    event_id: str = ""
    type: str = ""
    object: str = ""
    carries: Literal["full", "id"] = "full"
    ordered: bool = False


class Description(Part, frozen=True, kw_only=True):
    connector: Slug
    base_url: str = ""
    auth: Auth = Auth()
    csrf: Csrf | None = None
    headers: dict[str, str] = {}
    timeout: Duration = "30s"
    limits: list[Limit] = []
    limit_signals: LimitSignals = LimitSignals()
    errors: list[ErrorRow] = []
    values: Values = Values()
    hook: str = ""
    objects: dict[Slug, ObjectSpec]
    webhook: Webhook | None = None


def seconds(duration: str) -> float:
    """`5m` → 300.0"""
    number, unit = re.fullmatch(r"([0-9]+)(ms|s|m|h|d)", duration).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]
