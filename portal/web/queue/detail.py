"""The right pane: one case in full, with the problem it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.cases import queries
from integrations.cases.clocks import Clocks
from integrations.cases.lifecycle import CLOSED, WORK, CaseClass
from integrations.cases.links import author_link
from integrations.cases.models import Case
from integrations.cases.seeing import blind
from integrations.cases.sensitivity import dismissal_needs_two
from integrations.cases.wording import Suggestion, headline, suggestion, system_name, why
from integrations.messages.models import Operation
from portal.access.holders import holders
from portal.accounts.models import User
from portal.web.queue.chronicle import Happening, happenings
from portal.web.queue.explaining import facts
from portal.web.queue.grouping import Group, group
from portal.web.queue.payloads import Payload, payload, tries
from portal.web.queue.signing import Signing, signing

FOLLOWERS = 10


@dataclass(slots=True)
class Detail:
    """What the right pane shows of `case`."""

    case: Case
    title: str
    why: str
    suggestion: Suggestion
    source: str
    target: str
    group: Group
    signing: Signing
    used: int
    """Percent of the time that is gone."""
    followers: list[Operation]
    blocked: int
    similar: list[Case]
    happenings: list[Happening]
    payload: Payload | None
    facts: list[dict[str, str]]
    may: bool
    moves: set[str]
    link: str
    two: bool
    """A dismissal needs a second person."""
    known_rows: list[str]
    """Values that the value map gives already."""
    clocks: Clocks
    colleagues: list[User]
    """Who else could take it."""

    @property
    def closed(self) -> bool:
        """Nothing is left to do."""
        return self.case.state in CLOSED

    @property
    def ways(self) -> bool:
        """Whether other fixes may be chosen."""
        return bool(
            self.moves & {"pick", "found", "correct", "send_to_author", "replay", "dismiss"}
        )

    @property
    def left(self) -> int:
        """Percent of the time that is left."""
        return 100 - self.used

    @property
    def used_words(self) -> str:
        """For those who cannot see the bar."""
        return f"{self.used} % of the time is used"

    @property
    def more_blocked(self) -> int:
        """Followers that are not listed."""
        return self.blocked - len(self.followers)


def detail(case: Case, *, person: User, now: datetime) -> Detail:
    """A number of queries that does not grow with the problem."""
    document = case.agreement.document if case.agreement is not None else {}
    corrections = list(case.corrections.select_related("proposed_by", "signed_by").order_by("pk"))
    attempts = tries(case)
    problem = group(case, person=person, now=now)
    return Detail(
        case=case,
        title=headline(case),
        why=why(case),
        suggestion=suggestion(case),
        source=_end(document, "source", case),
        target=_end(document, "target", case),
        group=problem,
        signing=signing(case, document, corrections, person=person),
        used=_used(case, problem.due_at, now),
        followers=_followers(case),
        blocked=queries.followers(case),
        similar=[one for one in queries.similar_solved(case) if one.pk != case.pk],
        happenings=happenings(case, attempts),
        payload=payload(case, document, corrections, attempts),
        facts=facts(case, document),
        may=person.has_perm(WORK, case),
        moves=_moves(case, person),
        link=_link(case, document),
        two=_two(case, document),
        known_rows=_known_rows(case, document),
        clocks=Clocks.load(),
        colleagues=[one for one in holders(WORK, domain=case.domain_id, now=now) if one != person],
    )


def _two(case: Case, document: dict[str, Any]) -> bool:
    pointer = str(case.detail.get("pointer", ""))
    return bool(document) and dismissal_needs_two(
        document, amount_minor=case.amount_minor, pointer=pointer
    )


def _end(document: dict[str, Any], side: str, case: Case) -> str:
    return system_name(document[side]["system"] if document else case.system)


def _known_rows(case: Case, document: dict[str, Any]) -> list[str]:
    name = (case.detail.get("fix") or {}).get("value_map", "")
    return sorted(set(document.get("value_maps", {}).get(name, {}).get("rows", {}).values()))


def _used(case: Case, due_at: datetime, now: datetime) -> int:
    begun = case.message.accepted_at if case.message is not None else case.opened_at
    whole = (due_at - begun).total_seconds()
    return 100 if whole <= 0 else max(0, min(100, int((now - begun).total_seconds() / whole * 100)))


def _followers(case: Case) -> list[Operation]:
    if case.operation_id is None:
        return []
    waiting = Operation.objects.filter(lane__blocked_by=case.operation_id, state="planned")
    return list(waiting.order_by("message_id", "position")[:FOLLOWERS])


def _moves(case: Case, person: User) -> set[str]:
    found = set(queries.allowed_moves(case, person))
    if case.message is None:
        found -= {"correct", "send_to_author", "wait_for_change"}
    if blind(case):
        found -= {"replay"}
    if case.klass == CaseClass.MAPPING:
        found -= {"correct"}
    if case.klass == CaseClass.REFERENCE and not case.detail.get("refers"):
        found -= {"pick"}
    return found


def _link(case: Case, document: dict[str, Any]) -> str:
    if case.message is None or not document:
        return ""
    return author_link(document, key=case.message.key)
