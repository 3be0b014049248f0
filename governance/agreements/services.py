"""Activating what was compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from governance import canonical
from governance.agreements.compiling import compile_document
from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement

if TYPE_CHECKING:
    from datetime import datetime

    from governance.flows.models import Flow


@transaction.atomic
def activate(flow: Flow, *, now: datetime) -> Agreement:
    """The flow's agreement as its active rows say now.

    Unchanged content leaves the running one alone; content that ran before brings its own row back,
    which is what a rollback is.
    """
    document = compile_document(flow)
    digest = canonical.digest(document)
    running = Agreement.objects.filter(flow=flow, status=AgreementStatus.ACTIVE).first()
    if running and running.digest == digest:
        return running
    if running:
        running.status, running.superseded_at = AgreementStatus.SUPERSEDED, now
        running.save(update_fields=["status", "superseded_at"])
    held = Agreement.objects.filter(flow=flow, digest=digest).first()
    if held is None:
        held = _fresh(flow, document, digest, now=now)
    held.status, held.activated_at, held.superseded_at = AgreementStatus.ACTIVE, now, None
    held.save()
    return held


def _fresh(flow: Flow, document: dict[str, object], digest: str, *, now: datetime) -> Agreement:
    last = Agreement.objects.filter(flow=flow).aggregate(last=Max("number"))["last"] or 0
    return Agreement(
        flow=flow,
        number=last + 1,
        digest=digest,
        document=canonical.plain(document),
        labels={
            "flow": flow.revision,
            "mapping": flow.mapping.revision,
            "source": flow.source.revision,
            "target": flow.target.revision,
        },
        compiled_at=now,
    )
