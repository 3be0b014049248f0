"""The right pane: one case in full, with the problem it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Min, Q, QuerySet
from django.urls import reverse

from integrations.cases import queries
from integrations.cases.lifecycle import CLOSED, WORK, CaseClass, CaseState
from integrations.cases.links import author_link
from integrations.cases.models import Case, Correction, SignOff
from integrations.cases.queries import Money
from integrations.cases.sensitivity import dismissal_needs_two
from integrations.messages.models import ClosedAttempt, Operation
from integrations.messages.queries import body
from portal.access import scopes
from portal.accounts.models import User
from portal.web.queue import comparing
from portal.web.shell.wording import Suggestion, headline, suggestion, system_name, things, why

ITEMS = 25
FOLLOWERS = 10
TRIES = 20


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    kind: str
    icon: str
    who: str
    words: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """The record side by side, and each document as it is."""

    rows: list[comparing.Row]
    source: Any
    sent: Any
    answer: Any
    attempt: ClosedAttempt | None

    @property
    def differing(self) -> int:
        """How many fields are worth a look."""
        return sum(row.differs for row in self.rows)


@dataclass(slots=True)
class Detail:
    """What the right pane shows of `case`."""

    case: Case
    title: str
    why: str
    suggestion: Suggestion
    source: str
    target: str
    count: int
    things: str
    at_risk: list[Money]
    due_at: datetime
    used: int
    """Percent of the time that is gone."""
    items: list[Case]
    followers: list[Operation]
    blocked: int
    corrections: list[Correction]
    asked: SignOff | None
    similar: list[Case]
    happenings: list[Happening]
    payload: Payload | None
    facts: list[dict[str, str]]
    may: bool
    moves: set[str]
    asker: bool
    """This person asked for what waits for a signature."""
    signers: list[str]
    link: str
    claimed: int
    mine: int
    two: bool
    """A dismissal needs a second person."""

    known_rows: list[str]
    """Values that the value map gives already."""

    @property
    def closed(self) -> bool:
        """Nothing is left to do."""
        return self.case.state in CLOSED

    @property
    def ways(self) -> bool:
        """Whether other fixes may be chosen."""
        return bool(self.moves & {"correct", "send_to_author", "replay", "dismiss"})

    @property
    def proposed(self) -> list[Correction]:
        """Corrections that wait for a signature."""
        return [one for one in self.corrections if one.state == Correction.State.PROPOSED]

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


def choose(rows: QuerySet[Case], fingerprint: str) -> Case | None:
    """The case that stands for a problem: the first of the queue, else the last that closed."""
    found = rows.filter(fingerprint=fingerprint)
    first = queries.live(found).order_by(*queries.ORDER).first()
    return first or found.order_by("-closed_at", "-pk").first()


def detail(case: Case, *, person: User, now: datetime) -> Detail:
    """A number of queries that does not grow with the problem."""
    rows = queries.live(scopes.cases(person)).filter(fingerprint=case.fingerprint)
    totals = queries.totals(rows, now=now)
    items = list(
        rows.select_related("message", "claimed_by", "operation").order_by(*queries.ORDER)[:ITEMS]
    )
    corrections = list(case.corrections.select_related("proposed_by", "signed_by").order_by("pk"))
    asked = case.sign_offs.filter(signed_at=None, refused_at=None).select_related("asked_by")
    attempts = _attempts(case)
    document = case.agreement.document if case.agreement is not None else {}
    sign_off = asked.first()
    proposed = [one for one in corrections if one.state == Correction.State.PROPOSED]
    askers = {one.proposed_by_id for one in proposed}
    if sign_off is not None:
        askers.add(sign_off.asked_by_id)
    may = person.has_perm(WORK, case)
    due_at = rows.aggregate(first=Min("due_at"))["first"] or case.due_at
    return Detail(
        case=case,
        title=headline(case),
        why=why(case),
        suggestion=suggestion(case),
        source=_end(document, "source", case),
        target=_end(document, "target", case),
        count=totals.open,
        things=things(case, totals.open or 1),
        at_risk=totals.at_risk,
        due_at=due_at,
        used=_used(case, due_at, now),
        items=items,
        followers=_followers(case),
        blocked=queries.followers(case),
        corrections=corrections,
        asked=sign_off,
        similar=[one for one in queries.similar_solved(case) if one.pk != case.pk],
        happenings=_happenings(case, attempts),
        payload=_payload(case, document, corrections, attempts),
        facts=_facts(case, document),
        may=may,
        moves=_moves(case, person),
        asker=person.pk in askers,
        signers=_signers(document, askers) if case.state == CaseState.WAITING_SIGNATURE else [],
        link=_link(case, document),
        claimed=rows.exclude(claimed_by=None).count(),
        mine=rows.filter(claimed_by=person).count(),
        two=bool(document)
        and dismissal_needs_two(
            document, amount_minor=case.amount_minor, pointer=str(case.detail.get("pointer", ""))
        ),
        known_rows=_known_rows(case, document),
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


def _attempts(case: Case) -> list[ClosedAttempt]:
    if case.operation_id is None:
        return []
    rows = ClosedAttempt.objects.filter(operation=case.operation_id)
    return list(rows.order_by("-fence")[:TRIES])


def _payload(
    case: Case,
    document: dict[str, Any],
    corrections: list[Correction],
    attempts: list[ClosedAttempt],
) -> Payload | None:
    if case.message is None or not document:
        return None
    source = body(case.message.month, case.message.content_hash)
    operation = case.operation
    sent = body(operation.month, operation.body_digest) if operation is not None else None
    last = attempts[0] if attempts else None
    answer = body(last.month, last.response_digest) if last and last.response_digest else None
    held = {one.field: one.after for one in corrections if one.state == Correction.State.SIGNED}
    rows = comparing.compare(
        document,
        source,
        sent=sent,
        kind=operation.kind if operation is not None else "",
        pointer=str(case.detail.get("pointer", "")),
        corrections=held,
    )
    return Payload(rows, source, sent, answer, last)


def _happenings(case: Case, attempts: list[ClosedAttempt]) -> list[Happening]:
    """The case's history and the tries of its effect, newest first."""
    told = [
        Happening(
            at=one.at,
            kind=_KINDS.get(one.action, "draft"),
            icon=_ICONS.get(one.action, "dot"),
            who=one.by.label if one.by is not None else "",
            words=one.action,
            text=one.text,
        )
        for one in case.events.select_related("by").order_by("-at", "-pk")
    ]
    tries = [
        Happening(
            at=one.finished_at,
            kind="active" if one.outcome == "ok" else "breaking",
            icon="arrow",
            who="",
            words=f"try {one.fence}: {one.outcome}" + (f", {one.status}" if one.status else ""),
            text=one.message,
        )
        for one in attempts
    ]
    return sorted([*told, *tries], key=lambda one: one.at, reverse=True)


_KINDS = {
    "opened": "breaking",
    "failed again": "breaking",
    "refused": "breaking",
    "resolved": "active",
    "signed correction": "active",
    "corrected": "active",
    "dismissed": "draft",
}
_ICONS = {
    "opened": "stop",
    "failed again": "stop",
    "claimed": "user",
    "released": "undo",
    "corrected": "edit",
    "proposed correction": "edit",
    "signed correction": "sign",
    "asked to dismiss": "x",
    "dismissed": "x",
    "refused": "no",
    "resolved": "yes",
    "replayed": "run",
    "woken": "run",
    "sent to author": "out",
    "waits for change": "pull",
}


def _facts(case: Case, document: dict[str, Any]) -> list[dict[str, str]]:
    """Rule, clause, value and flow agreement, each with the page that says more."""
    told = case.detail
    found = [
        _rule(case, document),
        _fact("Clause", str(told.get("clause", "")), mono=True),
        _fact("Value", comparing.shown(told.get("value")), bad=True),
        _fact("Finding", str(told.get("expected", ""))),
    ]
    if document and case.agreement is not None:
        flow = document["flow"]
        words = f"{flow['name']}, flow agreement {case.agreement.number}"
        url = reverse("catalogue-detail", args=["flows", flow["slug"]])
        found.append(_fact("Ran under", words, url=url, digest=case.agreement.digest))
    return [one for one in found if one["words"]]


def _rule(case: Case, document: dict[str, Any]) -> dict[str, str]:
    fix = case.detail.get("fix") or {}
    if fix.get("value_map"):
        url = reverse("catalogue-detail", args=["value-maps", fix["value_map"]])
        return _fact("Value map", fix["value_map"], url=url)
    if case.klass == CaseClass.CONTRACT and document:
        terms = document["contract"]
        slug = f"{terms['slug']}@{terms['version']}"
        url = reverse("catalogue-detail", args=["data-contract-versions", slug])
        return _fact("Rule", f"data contract {terms['slug']} {terms['version']}", url=url)
    if case.klass == CaseClass.AUTHORITY and document:
        entity = document["entity"]["slug"]
        url = reverse("catalogue-detail", args=["entities", entity])
        return _fact("Rule", f"system of record of {entity}", url=url)
    return _fact("Rule", str(case.detail.get("rule", "")))


def _fact(name: str, words: str, **more: Any) -> dict[str, str]:
    return {"name": name, "words": words, **more}


def _moves(case: Case, person: User) -> set[str]:
    found = set(queries.allowed_moves(case, person))
    if case.message is None:
        found -= {"correct", "send_to_author", "wait_for_change"}
    if case.klass == CaseClass.MAPPING:
        found -= {"correct"}
    return found


def _signers(document: dict[str, Any], askers: set[int | None]) -> list[str]:
    """Who else could sign: the stewards of the flow's domain."""
    names = document.get("owners", {}).get("stewards", [])
    others = get_user_model()._default_manager.filter(Q(username__in=names), is_active=True)
    return [one.label for one in others.order_by("pk") if one.pk not in askers]


def _link(case: Case, document: dict[str, Any]) -> str:
    if case.message is None or not document:
        return ""
    return author_link(document, key=case.message.key)
