"""Audit: find a business transaction, read its story, open the documents behind it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from governance import clock
from integrations.cases.wording import system_name
from integrations.messages import bodies
from integrations.messages.models import ClosedAttempt, InboxMessage, Operation
from integrations.messages.queries import body
from portal.access import scopes
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.transactions import finding, telling

VIEW = "integrations.view_record"


@require_GET
@requires(VIEW)
def search(request: SignedIn) -> HttpResponse:
    """By invoice, project, time entry or id in the target; without words the newest."""
    words = request.GET.get("q", "").strip()[:200]
    context = {"words": words, "found": finding.search(request.user, words)}
    return page(
        request,
        "transactions/search.html",
        fragment="transactions/_found.html",
        context=context,
    )


@require_GET
@requires(VIEW)
def transaction(request: SignedIn, key: str) -> HttpResponse:
    """One timeline; 404 where the person sees no part of it."""
    messages = finding.messages_of(request.user, key, most=telling.MOST)
    if not messages:
        raise Http404
    context = {"story": telling.story(request.user, key, messages), "now": clock.now()}
    return page(request, "transactions/transaction.html", context=context)


@require_GET
@requires(VIEW)
def record(request: SignedIn, pk: int) -> HttpResponse:
    """One version as it arrived, as it was sent, and what was answered."""
    rows = scopes.messages(request.user).select_related("flow", "agreement")
    message = get_object_or_404(rows, pk=pk)
    context = {
        "message": message,
        "source": system_name(message.agreement.document["source"]["system"]),
        "arrived": _body(message.month, message.content_hash),
        "corrections": message.corrections.select_related("proposed_by", "signed_by").order_by(
            "pk"
        ),
        "effects": _effects(message),
    }
    return page(
        request,
        "transactions/record.html",
        fragment="transactions/_record_dialog.html",
        context=context,
    )


def _effects(message: InboxMessage) -> list[dict[str, Any]]:
    found: list[Operation] = list(message.operations.order_by("position", "pk")[:20])
    rows = ClosedAttempt.objects.filter(operation__in=[one.pk for one in found])
    last = {one.operation: one for one in rows.order_by("fence")}
    return [
        {
            "operation": one,
            "sent": _body(one.month, one.body_digest),
            "attempt": last.get(one.pk),
            "answer": _answer(last.get(one.pk)),
        }
        for one in found
    ]


def _answer(attempt: ClosedAttempt | None) -> Any:
    if attempt is None or not attempt.response_digest:
        return None
    return _body(attempt.month, attempt.response_digest)


def _body(month: Any, digest: str) -> Any:
    try:
        return body(month, digest)
    except bodies.Unkept as error:
        return {bodies.UNREADABLE: str(error)}
