"""One process of a race: does its part on the database that DATABASE_URL names, prints JSON.

Run as `python -m tests.governance.approvals.race_rig PART`, so that races happen on a real SQLite
file or PostgreSQL database with the product's own settings.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from governance.agreements.models import Agreement  # noqa: E402
from governance.approvals import services  # noqa: E402
from governance.approvals.models import Activation, ChangeRequest, Revision, Vote  # noqa: E402
from governance.audit.models import AuditEntry  # noqa: E402
from governance.errors import GovernanceError  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from tests import firm as sample  # noqa: E402
from tests.firm import NOW  # noqa: E402
from tests.governance.approvals.acts import EUROS, every, in_currency, noted, submitted  # noqa: E402

THREADS = 8
LATER = NOW + timedelta(hours=1)


def person(name: str) -> User:
    return User.objects.get(username=name)


def at_once(*acts: Any) -> list[str]:
    """Every act in a thread of its own, released together: 'done' or the refusal's code."""
    barrier = Barrier(len(acts))

    def one(act: Any) -> str:
        barrier.wait()
        try:
            act()
        except GovernanceError as error:
            return error.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))


def approve(request: ChangeRequest, name: str, seen: str) -> None:
    services.vote(
        request=request,
        by=person(name),
        verdict="approve",
        seen=seen,
        reason="looked at it",
        **noted(request),
        now=NOW,
    )


def digest(request: ChangeRequest) -> str:
    return Revision.objects.filter(request=request).latest("number").digest


def found() -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    sample.found()
    return {"agreements": Agreement.objects.count()}


def quorum() -> dict[str, Any]:
    """The three votes that an R3 asks for arrive together, beside five that may not count."""
    request = submitted(person("otto"), in_currency(EUROS))
    seen = digest(request)
    names = ("olga", "ada", "fiona", "otto", "stan", "vera", "olga", "paul")
    said = at_once(*(lambda name=name: approve(request, name, seen) for name in names))
    request.refresh_from_db()
    votes = Vote.objects.filter(request=request).order_by("person__username")
    return {
        "said": said,
        "state": request.state,
        "votes": list(votes.values_list("person__username", flat=True)),
        "approved": _entries(request, "approved"),
    }


def _entries(request: ChangeRequest, to: str) -> int:
    """How often the audit log says that the request came to a state from another."""
    entries = AuditEntry.objects.filter(change_request=request.pk, action__startswith="change.")
    told = [((e.before or {})["state"], (e.after or {})["state"]) for e in entries]
    return sum(after == to != before for before, after in told)


def edit() -> dict[str, Any]:
    """An approval races an edit: either it is stale, or it came first and the edit is refused."""
    request = submitted(person("otto"), every(5))
    seen = digest(request)

    def revise() -> None:
        author = person("otto")
        services.revise(request=request, by=author, items=[every(6)], seen=seen, now=NOW)

    said = at_once(revise, lambda: approve(request, "olga", seen))
    request.refresh_from_db()
    live = Vote.objects.filter(request=request, voided_at=None)
    stale = [one.pk for one in live if one.revision_hash != digest(request)]
    services.withdraw(request=request, by=person("otto"), now=NOW)
    return {"said": said, "state": request.state, "stale": stale}


def rivals() -> dict[str, Any]:
    """Eight requests for the same flow are submitted together."""
    drafts = [
        services.open_request(by=person("otto"), title=f"{n}", items=[every(n + 2)], now=NOW)
        for n in range(THREADS)
    ]
    said = at_once(
        *(
            lambda one=one: services.submit(request=one, by=person("otto"), now=NOW)
            for one in drafts
        )
    )
    held = list(ChangeRequest.objects.filter(state="in_review"))
    for one in drafts:
        one.refresh_from_db()
        services.withdraw(request=one, by=person("otto"), now=NOW)
    return {"said": said, "held": len(held)}


def due() -> dict[str, Any]:
    """Makes one request that is due."""
    request = submitted(person("otto"), every(7))
    approve(request, "olga", digest(request))
    request.refresh_from_db()
    return {"request": request.pk, "state": request.state}


def dispatch() -> dict[str, Any]:
    """Eight dispatchers see the same due request."""
    said = at_once(*(lambda: services.activate_due(now=LATER) for _ in range(THREADS)))
    return {"said": said, **count()}


def count() -> dict[str, Any]:
    newest = ChangeRequest.objects.order_by("-pk").first()
    agreement = Agreement.objects.get(status="active")
    return {
        "state": newest.state if newest else "",
        "activations": Activation.objects.count(),
        "entries": _entries(newest, "active") if newest else 0,
        "runs": agreement.document["schedule"]["every"],
        "agreements": Agreement.objects.count(),
    }


def neighbours() -> dict[str, Any]:
    """Two requests that meet in one agreement become due together: it must hold both."""
    first = submitted(person("otto"), every(9))
    second = submitted(person("otto"), sample.value_map_item(("partner", "PAR")))
    approve(first, "olga", digest(first))
    approve(second, "olga", digest(second))
    at_once(*(lambda: services.activate_due(now=LATER) for _ in range(THREADS)))
    document = Agreement.objects.get(status="active").document
    return {
        "every": document["schedule"]["every"],
        "partner": document["value_maps"]["role-codes"]["rows"].get("partner"),
        "states": list(
            ChangeRequest.objects.filter(pk__in=[first.pk, second.pk]).values_list(
                "state", flat=True
            )
        ),
    }


PARTS = {
    act.__name__: act for act in (found, quorum, edit, rivals, due, dispatch, count, neighbours)
}

if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(PARTS[name]()))
