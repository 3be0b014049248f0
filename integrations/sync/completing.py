"""Writing down what became of tries: one transaction for states, references and cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from governance.agreements.models import Agreement
from integrations.cases import unknown
from integrations.cases.lifecycle import CaseClass
from integrations.cases.services import Opening, open_case, open_cases, settle
from integrations.cases.settling import live
from integrations.connectors import services as connectors
from integrations.crossrefs import services as crossrefs
from integrations.messages import services as ledger
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import Operation
from integrations.sync.jobs import Job
from integrations.sync.outcomes import Verdict

Done = Sequence[tuple[Job, Verdict]]
LONG_DOWN = 3
"""Breaker trips in a row until a person is told that a system is down."""
TITLES = {
    CaseClass.UNKNOWN: "It is unknown whether {what} was done",
    CaseClass.EXHAUSTED: "{what} failed at every try",
    CaseClass.POISON: "{what} cannot be sent",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Operations by what became of them."""

    applied: int = 0
    failed: int = 0
    waiting: int = 0


def complete(done: Done, *, now: datetime) -> Tally:
    """Only what is still ours: another worker may have taken a lane meanwhile."""
    with transaction.atomic():
        mine = ledger.close_attempts(results=[verdict.result for _, verdict in done], now=now)
        kept = [(job, verdict) for job, verdict in done if job.claimed.id in mine]
        applied = [(job, verdict) for job, verdict in kept if verdict.answer is not None]
        failures = [
            (job, verdict) for job, verdict in kept if verdict.result.state == OperationState.FAILED
        ]
        _save_references(applied, now)
        _settle(applied, now)
        _open_cases(failures, now)
    return Tally(len(applied), len(failures), len(kept) - len(applied) - len(failures))


def _settle(applied: Done, now: datetime) -> None:
    """Close what waited for these; where the flow has no open case there is nothing to look for."""
    flows = {job.claimed.flow for job, _ in applied}
    if flows and live().filter(flow__in=flows).exists():
        settle(
            messages=[job.claimed.message for job, _ in applied],
            operations=[job.claimed.id for job, _ in applied],
            now=now,
            resolution="Delivered",
        )


def outdated(operations: Sequence[int], *, now: datetime) -> None:
    """Close the cases of operations whose place a newer version took."""
    if operations:
        newer = "The record's next version took its place"
        settle(operations=operations, now=now, resolution=newer)


def _save_references(applied: Done, now: datetime) -> None:
    found = {
        job.saves: verdict.answer.id[:200]
        for job, verdict in applied
        if job.saves is not None and verdict.answer is not None and verdict.answer.id
    }
    crossrefs.save(found=found, now=now)


def _open_cases(failures: Done, now: datetime) -> None:
    if not failures:
        return
    ids = [job.claimed.id for job, _ in failures]
    rows = Operation.objects.select_related("message").in_bulk(ids)
    rules = Agreement.objects.select_related("flow").in_bulk(
        {job.claimed.agreement for job, _ in failures}
    )
    open_cases(
        [
            Opening(
                klass=verdict.case,
                title=_title(job, verdict),
                detail=_detail(job, verdict),
                agreement=rules[job.claimed.agreement],
                operation=rows[job.claimed.id],
            )
            for job, verdict in failures
        ],
        now=now,
    )


def _title(job: Job, verdict: Verdict) -> str:
    system, what = job.rules.target.system, f"{job.claimed.kind} of {job.claimed.business_key}"
    if names := _unknown(job, verdict):
        return unknown.title(names)[:300]
    known = TITLES.get(CaseClass(verdict.case), "{system} refused {what}")
    return known.format(system=system, what=what)[:300]


def _detail(job: Job, verdict: Verdict) -> dict[str, object]:
    result = verdict.result
    return {
        **unknown.told(_unknown(job, verdict)),
        "rule": f"{job.write.object} {job.write.action}",
        "message": result.message[:2000],
        "status": result.status,
        "reference": job.write.reference,
        "effect": job.attempt.effect,
    }


def _unknown(job: Job, verdict: Verdict) -> list[unknown.Name]:
    return list(job.missing) if verdict.case == CaseClass.REFERENCE else []


def stop_using(connection: str, done: Done, *, streak: bool, now: datetime) -> None:
    """Trip the breaker where the system itself fails, close it where a probe was answered."""
    refused = next((pair for pair in done if pair[1].case == CaseClass.AUTH), None)
    if refused is not None:
        _refuses_us(connection, refused, now)
        return
    down = [pair for pair in done if pair[1].down]
    if down and (streak or any(verdict.result.refund for _, verdict in down)):
        _is_down(connection, down[-1], now)
        return
    if any(job.attempt.probing and verdict.result.outcome for job, verdict in done):
        connectors.close(connection=connection)
        settle(connection=connection, now=now, resolution="The system answers again")


def _refuses_us(connection: str, pair: tuple[Job, Verdict], now: datetime) -> None:
    job, verdict = pair
    connectors.trip(connection=connection, reason=verdict.result.message, now=now)
    title = f"{job.rules.target.system} refuses our credentials ({connection})"
    _tell(CaseClass.AUTH, title, pair, connection, now)


def _is_down(connection: str, pair: tuple[Job, Verdict], now: datetime) -> None:
    job, verdict = pair
    breaker = connectors.trip(connection=connection, reason=verdict.down, now=now)
    if breaker.failures >= LONG_DOWN:
        title = f"{job.rules.target.system} does not answer ({connection})"
        _tell(CaseClass.EXHAUSTED, title, pair, connection, now)


def _tell(
    klass: str, title: str, pair: tuple[Job, Verdict], connection: str, now: datetime
) -> None:
    job, verdict = pair
    open_case(
        klass=klass,
        title=title,
        detail={
            "rule": "target",
            "message": verdict.result.message[:2000],
            "status": verdict.result.status,
        },
        agreement=Agreement.objects.get(pk=job.claimed.agreement),
        connection=connection,
        now=now,
    )
