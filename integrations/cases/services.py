"""The doors of the exception queue: what a person does to a case, and why.

Opening and settling, which the machine does, stand in `opening`; acts on many cases in `bulk`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance import canonical
from governance.audit.services import record
from integrations.cases import candidate
from integrations.cases.lifecycle import CaseClass, CaseState, refuse_unless_legal
from integrations.cases.links import author_link
from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.cases.opening import Opening, mark_breached, open_case, open_cases, settle
from integrations.cases.sensitivity import dismissal_needs_two, sensitive
from integrations.connectors import services as connectors
from integrations.errors import NeedsSecondPerson, PermissionRefused, Refused
from integrations.messages import services as messages
from integrations.messages.lifecycle import MessageState, Outcome, Share
from integrations.messages.models import Attempt, ClosedAttempt, InboxMessage
from integrations.messages.queries import body
from integrations.nudges import nudge

__all__ = [
    "Opening",
    "claim",
    "correct",
    "dismiss",
    "mark_breached",
    "open_case",
    "open_cases",
    "refuse",
    "release",
    "replay",
    "send_to_author",
    "settle",
    "sign",
    "wait_for_change",
    "wake",
]


def enter(name: str, *, case: Case, by: Any, reason: str = "-") -> Case:
    """The locked case, once state, permission, claim and reason allow this move."""
    rows = Case.objects.select_for_update(of=("self",))
    fresh = rows.select_related("agreement", "domain", "claimed_by").get(pk=case.pk)
    move = refuse_unless_legal(name, state=fresh.state)
    if not by.has_perm(move.permission, fresh):
        raise PermissionRefused(f"you may not work on cases of {fresh.domain.name}")
    if not reason.strip():
        raise Refused("say why: the case's history keeps the reason")
    return fresh


def _own(case: Case, by: Any) -> None:
    """Two people do not mend one case unknowingly."""
    if case.claimed_by_id is not None and case.claimed_by_id != by.pk:
        holder = case.claimed_by.label if case.claimed_by is not None else "someone else"
        raise Refused(f"{holder} has claimed this case; ask them to release it")


def tell(case: Case, action: str, *, by: Any, text: str, now: datetime, **facts: Any) -> None:
    """The case's own history and the audit log, in one breath."""
    CaseEvent.objects.create(case=case, at=now, by=by, action=action, text=text)
    record(f"case.{action}", subject=case, by=by, reason=text, after=facts or None, at=now)


@transaction.atomic
def claim(*, case: Case, by: Any, reason: str = "", now: datetime) -> Case:
    """Take it on. Claiming one's own again changes nothing."""
    fresh = enter("claim", case=case, by=by)
    if fresh.claimed_by_id == by.pk:
        return fresh
    _own(fresh, by)
    fresh.claimed_by, fresh.claimed_at = by, now
    fresh.save(update_fields=["claimed_by", "claimed_at"])
    tell(fresh, "claimed", by=by, text=reason, now=now)
    return fresh


@transaction.atomic
def release(*, case: Case, by: Any, reason: str = "", now: datetime) -> Case:
    """Undo a claim; taking it from someone else asks for a reason."""
    fresh = enter("release", case=case, by=by)
    if fresh.claimed_by_id is None:
        return fresh
    if fresh.claimed_by_id != by.pk and not reason.strip():
        raise Refused("say why you release a case that someone else has claimed")
    fresh.claimed_by, fresh.claimed_at = None, None
    fresh.save(update_fields=["claimed_by", "claimed_at"])
    tell(fresh, "released", by=by, text=reason, now=now)
    return fresh


@transaction.atomic
def correct(
    *, case: Case, by: Any, reason: str, changes: Mapping[str, Any], now: datetime
) -> list[Correction]:
    """Override canonical fields of this one message, bound to the content it arrived with.

    `changes` is JSON Pointer → value. What the data contract refuses is not stored; money, tax,
    party, date and rate wait for a second person.
    """
    fresh = enter("correct", case=case, by=by, reason=reason)
    _own(fresh, by)
    message, document = _message(fresh), _document(fresh)
    if fresh.operation_id is not None and may_have_sent(fresh.operation_id):
        raise Refused("the target may hold what was sent; correct the record at its author")
    before = preview(fresh, {})
    _refuse_invalid(document, preview(fresh, changes))
    two = bool(sensitive(document, changes))
    _void_former(message, changes)
    made = [
        Correction(
            case=fresh,
            message=message,
            field=pointer,
            before=canonical.plain(candidate.value_at(before, pointer)),
            after=canonical.plain(value),
            content_hash=message.content_hash,
            reason=reason,
            state=Correction.State.PROPOSED if two else Correction.State.SIGNED,
            proposed_by=by,
            proposed_at=now,
            signed_by=None if two else by,
            signed_at=None if two else now,
        )
        for pointer, value in changes.items()
    ]
    Correction.objects.bulk_create(made)
    facts = {one.field: {"before": one.before, "after": one.after} for one in made}
    tell(fresh, "proposed correction" if two else "corrected", by=by, text=reason, now=now, **facts)
    if two:
        _to(fresh, CaseState.WAITING_SIGNATURE)
    else:
        _requeue(fresh, now, replan=True)
    return made


def preview(case: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical record with the signed corrections and these changes; nothing is stored."""
    message, document = _message(case), _document(case)
    source = body(message.month, message.content_hash)
    schema = document["contract"]["schema"]
    signed = message.corrections.filter(state=Correction.State.SIGNED)
    held = {one.field: one.after for one in signed.order_by("pk")}
    canonical_record = candidate.read(document, source)
    return candidate.corrected(canonical_record, {**held, **changes}, schema=schema)


def _refuse_invalid(document: Mapping[str, Any], record_: Mapping[str, Any]) -> None:
    found = candidate.violations(document, record_)
    if found:
        told = "; ".join(f"{one.pointer or '/'}: {one.message}" for one in found[:3])
        raise Refused(f"the data contract refuses the corrected record: {told}")


def _void_former(message: InboxMessage, changes: Mapping[str, Any]) -> None:
    newer = InboxMessage.objects.filter(flow=message.flow_id, key=message.key)
    if newer.filter(sequence__gt=message.sequence).exists():
        raise Refused("the source has sent a newer version of this record; correct that one")
    if not changes or "/id" in changes:
        raise Refused("name at least one field to correct; the id of a record is never corrected")
    former = message.corrections.filter(field__in=list(changes), state=Correction.State.SIGNED)
    former.update(state=Correction.State.VOID)


@transaction.atomic
def send_to_author(*, case: Case, by: Any, reason: str, now: datetime) -> str:
    """Wait for the record's next version; returns the deep link to its author system or ''."""
    fresh = enter("send_to_author", case=case, by=by, reason=reason)
    _own(fresh, by)
    link = author_link(_document(fresh), key=_message(fresh).key)
    fresh.detail = {**fresh.detail, "fix": {"act": "send_to_author", "link": link}}
    fresh.save(update_fields=["detail"])
    _to(fresh, CaseState.WAITING_SOURCE)
    tell(fresh, "sent to author", by=by, text=reason, now=now, link=link)
    return link


@transaction.atomic
def wait_for_change(
    *, case: Case, by: Any, reason: str, change_request: int, now: datetime
) -> Case:
    """A change request mends it; its activation plans the message anew."""
    fresh = enter("wait_for_change", case=case, by=by, reason=reason)
    fresh.change_request = change_request
    fresh.save(update_fields=["change_request"])
    _to(fresh, CaseState.WAITING_CHANGE)
    tell(fresh, "waits for change", by=by, text=reason, now=now, change_request=change_request)
    return fresh


@transaction.atomic
def replay(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """Try again: a record is planned anew, an operation is a new attempt on the same one."""
    fresh = enter("replay", case=case, by=by, reason=reason)
    _own(fresh, by)
    tell(fresh, "replayed", by=by, text=reason, now=now)
    _requeue(fresh, now)
    return fresh


@transaction.atomic
def dismiss(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """Close it without an effect. Money waits for a second person."""
    fresh = enter("dismiss", case=case, by=by, reason=reason)
    _own(fresh, by)
    if fresh.agreement is not None and dismissal_needs_two(
        fresh.agreement.document,
        amount_minor=fresh.amount_minor,
        pointer=str(fresh.detail.get("pointer", "")),
    ):
        SignOff.objects.create(case=fresh, act="dismiss", reason=reason, asked_by=by, asked_at=now)
        _to(fresh, CaseState.WAITING_SIGNATURE)
        tell(fresh, "asked to dismiss", by=by, text=reason, now=now)
        return fresh
    return _dismissed(fresh, by=by, reason=reason, now=now)


@transaction.atomic
def sign(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """The second signature; never of the person who asked for it."""
    fresh = enter("sign", case=case, by=by, reason=reason)
    asked, proposed = _waiting(fresh)
    _refuse_same_person(by, asked, proposed)
    if asked is not None:
        asked.signed_by, asked.signed_at = by, now
        asked.save(update_fields=["signed_by", "signed_at"])
        return _dismissed(fresh, by=by, reason=reason, now=now)
    for one in proposed:
        one.state, one.signed_by, one.signed_at = Correction.State.SIGNED, by, now
        one.save(update_fields=["state", "signed_by", "signed_at"])
    facts = {one.field: {"before": one.before, "after": one.after} for one in proposed}
    tell(fresh, "signed correction", by=by, text=reason, now=now, **facts)
    _requeue(fresh, now, replan=True)
    return fresh


@transaction.atomic
def refuse(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """What was asked for does not happen; the case is open again. One may refuse one's own."""
    fresh = enter("refuse", case=case, by=by, reason=reason)
    asked, proposed = _waiting(fresh)
    if asked is not None:
        asked.refused_at = now
        asked.save(update_fields=["refused_at"])
    for one in proposed:
        one.state = Correction.State.REFUSED
        one.save(update_fields=["state"])
    _to(fresh, CaseState.OPEN)
    tell(fresh, "refused", by=by, text=reason, now=now)
    return fresh


def _waiting(case: Case) -> tuple[SignOff | None, list[Correction]]:
    asked = case.sign_offs.filter(signed_at=None, refused_at=None).first()
    return asked, list(case.corrections.filter(state=Correction.State.PROPOSED).order_by("pk"))


def _refuse_same_person(by: Any, asked: SignOff | None, proposed: list[Correction]) -> None:
    askers = {one.proposed_by_id for one in proposed}
    if asked is not None:
        askers.add(asked.asked_by_id)
    if not askers:
        raise Refused("nothing waits for a signature here any more")
    if by.pk in askers:
        raise NeedsSecondPerson("you asked for this; someone else has to sign it")


def _dismissed(case: Case, *, by: Any, reason: str, now: datetime) -> Case:
    held = True
    if case.operation_id is not None:
        held = messages.dismiss(operations=[case.operation_id], now=now) == 1
    elif case.message_id is not None:
        held = messages.dismiss(messages=[case.message_id], now=now) == 1
    if not held:
        raise Refused("it is being tried again right now; wait for the outcome")
    case.closed_at, case.closed_by, case.resolution = now, by, reason[:300]
    case.save(update_fields=["closed_at", "closed_by", "resolution"])
    _to(case, CaseState.DISMISSED)
    money = {"amount_minor": case.amount_minor, "currency": case.currency}
    tell(case, "dismissed", by=by, text=reason, now=now, **money)
    return case


def wake(*, cases: list[Case], now: datetime) -> None:
    """Plan anew what waited for a change that is active now; the clock's act, not a person's."""
    with transaction.atomic():
        for case in cases:
            CaseEvent.objects.create(
                case=case, at=now, action="woken", text=f"change {case.change_request} is active"
            )
            _requeue(case, now, replan=True)


def _requeue(case: Case, now: datetime, *, replan: bool = False) -> None:
    """Back to the ledger. After a fix of record or rules even an operation is planned anew."""
    _to(case, CaseState.REPLAYING)
    if case.operation_id is not None and (not replan or may_have_sent(case.operation_id)):
        messages.requeue(operations=[case.operation_id], now=now, share=Share.REPLAY)
    elif case.message_id is not None:
        # The ledger plans anew what a case holds; of an operation's case that is its message.
        held = InboxMessage.objects.filter(pk=case.message_id, state=MessageState.PLANNED)
        held.update(state=MessageState.REJECTED)
        messages.requeue(messages=[case.message_id], now=now, share=Share.REPLAY)
    else:
        _use_again(case)


def may_have_sent(operation: int) -> bool:
    """The target may hold what this operation sent, so its body stands."""
    told = (Outcome.OK, Outcome.UNKNOWN, Outcome.DEAD)
    return (
        ClosedAttempt.objects.filter(operation=operation, outcome__in=told).exists()
        or Attempt.objects.filter(operation=operation).exists()
    )


def _use_again(case: Case) -> None:
    """A whole connection: believe the person, and let the next try tell."""
    if case.klass in (CaseClass.AUTH, CaseClass.EXHAUSTED):
        connectors.close(connection=case.connection)
    nudge("integrations.tick")


def _to(case: Case, state: CaseState) -> None:
    case.state = state
    case.save(update_fields=["state"])


def _message(case: Case) -> InboxMessage:
    if case.message is None:
        raise Refused("this case is about a whole connection, not about one record")
    return case.message


def _document(case: Case) -> dict[str, Any]:
    """The agreement under which it failed; a connection's case may have none."""
    if case.agreement is None:
        raise Refused("this case ran under no flow agreement")
    document: dict[str, Any] = case.agreement.document
    return document
