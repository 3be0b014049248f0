"""A firm with one person per role here and one elsewhere, and things of `delivery` to ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from governance.approvals import services as approvals
from governance.audit.models import AuditEntry
from governance.catalog.specifications import store_specification
from governance.notifications.lifecycle import Kind
from governance.notifications.queries import inbox
from governance.notifications.services import Said, tell
from integrations.cases.models import Case
from integrations.connectors.services import put_secret
from integrations.messages.models import InboxMessage
from integrations.reconciliation.models import PeriodSignOff, Reconciliation
from integrations.sync.models import SyncRun
from portal.access import tokens
from portal.accounts.models import SavedView, User
from tests import pipeline
from tests.firm import register, value_map_item

ROLES = {
    "V": "viewer",
    "A": "architect",
    "S": "steward",
    "F": "finance_leader",
    "U": "auditor",
    "P": "platform_admin",
}
HERE, ELSEWHERE = "delivery", "sales"
CANARY = "T-CANARY"
"""The key of a record of `delivery` that stopped."""
SPECIFICATION = b'{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}'
OUT = {401, 403, 404}
VERBS = ("get", "post", "put", "patch", "delete")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """An address with its name; `view` is what Django calls."""

    name: str
    path: str
    view: Callable[..., Any]

    @property
    def places(self) -> set[str]:
        return set(PLACE.findall(self.path))


def routes() -> Iterator[Route]:
    """Every route of the portal but those of the sign-in pages, which are allauth's."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
        for entry in resolver.url_patterns:
            here = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, here)
            elif isinstance(entry, URLPattern) and not _is_allauths(entry.callback):
                yield Route(entry.name or "", here, entry.callback)

    return walk(get_resolver(), "/")


def _is_allauths(view: Callable[..., Any]) -> bool:
    return view.__module__.startswith("allauth.")


def people() -> dict[tuple[str, str], User]:
    """(letter of the role, domain) → somebody with that role in that domain alone."""
    found, items = {}, []
    for letter, role in ROLES.items():
        for domain in (HERE, ELSEWHERE):
            person = User(username=f"{role}-{domain}")
            person.set_unusable_password()
            person.save()
            found[letter, domain] = person
            grant = {"person": person.username, "role": role, "domain": domain}
            items.append({"kind": "role_grant", "document": grant})
    register(items)
    return found


def things(firm: Any, admin: User) -> dict[str, dict[str, Any]]:
    """A thing → what stands in the addresses of its routes; all of it belongs to `delivery`."""
    pipeline.put(pipeline.time_entry(CANARY, role="wizard", project="P-CANARY"))
    pipeline.run(firm)
    now = timezone.now()
    put_secret(name="hook/psa-main", value="v", by=admin, reason="x", now=now)
    case, author = Case.objects.get(), User.objects.get(username="ada")
    items = [value_map_item(("partner", "PAR"))]
    draft = approvals.open_request(by=author, title="Partners", items=items)
    compared = Reconciliation.objects.create(
        flow=firm.flow, other=firm.flow, agreement=firm, slug="itself", name="With itself"
    )
    days = {"begin": now.date(), "end": now.date()}
    asked = {"state": "waiting", "breaks": 1, "signed_by": author, "signed_at": now}
    period = PeriodSignOff.objects.create(reconciliation=compared, **days, **asked)
    return {
        "": {"plural": "flows"},
        "case": {"pk": case.pk, "fingerprint": case.fingerprint, "name": "claim"},
        "check": {"pk": case.pk, "name": "correct"},
        "change": {"pk": draft.pk, "name": "submit", "number": 0},
        "run": {"pk": SyncRun.objects.get().pk},
        "record": {"pk": InboxMessage.objects.get().pk, "key": CANARY},
        "flow": {"slug": "time-to-billing", "plural": "flows", "flow": "time-to-billing"},
        "agreement": {"digest": firm.digest},
        "specification": {"digest": store_specification(SPECIFICATION).digest},
        "secret": {"name": "hook/psa-main", "connection": "psa-main"},
        "reconciliation": {"pk": compared.pk},
        "sign_off": {"pk": period.pk, "name": "refuse"},
        "figure": {"slug": "approved-not-billed"},
    }


def token_of(person: User, scopes: Any = (), domains: Any = ()) -> tuple[int, str]:
    """Id and secret."""
    now = timezone.now()
    row, secret = tokens.create(
        by=person,
        name="t",
        scopes=list(scopes) or list(tokens.Scope),
        domains=list(domains),
        expires_at=now + timedelta(days=1),
        now=now,
    )
    return row.pk, secret


def view_of(person: User) -> int:
    """Id of a saved view of theirs."""
    return SavedView.objects.create(
        user=person, page="queue", name="mine", created_at=timezone.now()
    ).pk


def notice_of(person: User) -> int:
    """Id of their copy of a notice."""
    now = timezone.now()
    said = Said(event=f"for {person.pk}", kind=Kind.CASE_ASSIGNED, subject="Yours now")
    tell(said, people=[person], now=now)
    return inbox(person).get().pk


@dataclass(frozen=True)
class Outcome:
    """`inside`: the door was passed, whatever the input was worth then."""

    status: int
    inside: bool
    text: str
    decided: bool
    """Whether something was written to the audit log."""


def ask(client: Client, method: str, path: str, body: str = "{}", **headers: str) -> Outcome:
    """One call whose effect is taken back."""
    with transaction.atomic():
        before = AuditEntry.objects.count()
        sent = {"data": body, "content_type": "application/json"} if _is_rest(path) else {}
        answer = getattr(client, method)(path, headers=headers, **(sent if method != "get" else {}))
        decided = AuditEntry.objects.count() != before
        transaction.set_rollback(True)
    shown = b"".join(answer.streaming_content) if answer.streaming else answer.content
    to_login = "/accounts/login/" in answer.get("Location", "") + answer.get("HX-Redirect", "")
    inside = answer.status_code not in OUT and not to_login
    return Outcome(answer.status_code, inside, shown.decode(errors="replace"), decided)


def _is_rest(path: str) -> bool:
    return path.startswith(("/api/", "/hooks/"))


def address(name: str, given: dict[str, Any], places: set[str]) -> str:
    """The route's address."""
    return reverse(name, kwargs={place: given[place] for place in places})
