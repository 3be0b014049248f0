"""Documents of domains, teams, grants and escalation paths, and how any document is decoded."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from governance.errors import InvalidDocument
from governance.ownership.structures import convert

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._@:*-]*$", max_length=200)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Duration = Annotated[str, msgspec.Meta(pattern=r"^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$")]
"""ISO 8601, days to seconds, such as `PT4H`."""

S = TypeVar("S", bound="Document")


class Part(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a document; an unknown key is an error, not a silent loss."""


class Document(Part):
    """What is proposed, approved and hashed for one governed row."""


class DomainDocument(Document):
    """A domain and the people in its own seats (usernames)."""

    slug: Slug
    name: Name
    owners: list[str]
    stewards: list[str] = []
    finance_owners: list[str] = []
    description: str = ""


class TeamDocument(Document):
    """Members are usernames."""

    slug: Slug
    name: Name
    domain: Slug
    members: list[str]
    description: str = ""


class RoleGrantDocument(Document):
    """A role for a person (username); no domain means firm-wide."""

    person: str
    role: str
    domain: Slug | None = None
    ends_at: str | None = None


class EscalationStep(Part):
    """After so much business time tell `team:x`, `person:x`, `seat:x` or `webhook:connection`.

    `when`: `unclaimed` (only while nobody has taken it) or `open` (whoever has). Left out, a step
    that comes before the case is due is `unclaimed`, and one that comes later is `open`.
    """

    after: Duration
    to: Annotated[str, msgspec.Meta(pattern=r"^(team|person|seat|webhook):\S+$")]
    when: Literal["", "unclaimed", "open"] = ""
    by: list[Literal["inbox", "email"]] = []
    """Ways to people; empty for both."""


class EscalationPathDocument(Document):
    """Steps in order."""

    slug: Slug
    name: Name
    domain: Slug
    steps: list[EscalationStep]
    description: str = ""


_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>.*)`)?$", re.DOTALL)


def decode(document: Any, shape: type[S], *, where: str = "") -> S:
    """The typed document. Raises InvalidDocument with a JSON Pointer below `where`."""
    try:
        return convert(document, shape)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        what, place = (found["what"], found["place"]) if found else (str(error), None)
        raise InvalidDocument(what, pointer=where + _pointer(place or "$")) from error


def _pointer(path: str) -> str:
    """`$.groups[0].slug` as `/groups/0/slug`; msgspec writes `[...]` for any dictionary key."""
    steps = path.removeprefix("$").replace("[", ".").replace("]", "").replace("....", ".*")
    return "".join(f"/{step}" for step in steps.split(".") if step)


def as_plain(document: Document) -> dict[str, Any]:
    """The document as JSON builtins, defaults left out: what is stored and hashed."""
    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain
