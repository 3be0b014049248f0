"""Approved time of Meridian Consulting: the n-th entry is the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from portal.demo.psa.firm import CLIENTS, PEOPLE, PROJECTS, PROSPECT, RATES, SERVICES

Entry = dict[str, Any]
SEED = 20261119
BACKLOG = 40
"""Entries that are approved before the demo's first minute."""
SUBMITTED_EVERY = 6
"""Every so many-th entry arrives without approval and is approved one later."""
_CURRENCY = {client.id: client.currency for client in CLIENTS}
_BILLED = [project for project in PROJECTS if project.client != PROSPECT]
_HOURS = ("0.50", "1.25", "2.00", "3.75", "4.00", "6.50", "7.50", "8.00")


def _unmapped_service(entry: Entry) -> Entry:
    """No value-map row: what tax code has training?"""
    return entry | {"service": "training"}


def _impossible_hours(entry: Entry) -> Entry:
    """More than a day has; the data contract refuses it."""
    return entry | {"hours": "75.00"}


def _unknown_customer(entry: Entry) -> Entry:
    """Billing has no account for a prospect: the effect waits for one."""
    project = next(one for one in PROJECTS if one.client == PROSPECT)
    return entry | {
        "client_id": PROSPECT,
        "project": {"id": project.id, "name": project.name},
        "currency": _CURRENCY[PROSPECT],
    }


def _other_currency(entry: Entry) -> Entry:
    """Billing refuses a currency that the account does not use."""
    return entry | {"currency": "CHF"}


PLANTED: dict[int, Callable[[Entry], Entry]] = {
    9: _unmapped_service,
    17: _impossible_hours,
    26: _unknown_customer,
    33: _other_currency,
    47: _unmapped_service,
    58: _impossible_hours,
    75: _other_currency,
}
"""What is wrong on purpose, so that the exception queue shows real cases."""


def entry(number: int, *, today: date) -> Entry:
    """The entry of that number (from 1); `today` dates it, everything else is fixed."""
    chance = random.Random(SEED * 100_003 + number)  # noqa: S311  invented work, not a secret
    project, person = chance.choice(_BILLED), chance.choice(PEOPLE)
    made: Entry = {
        "id": f"TE-{100_000 + number}",
        "status": "submitted" if number % SUBMITTED_EVERY == 0 else "approved",
        "client_id": project.client,
        "project": {"id": project.id, "name": project.name},
        "person": {"id": person.id, "name": person.name, "role": person.role},
        "service": chance.choice(SERVICES),
        "work_date": (today - timedelta(days=chance.randrange(1, 6))).isoformat(),
        "hours": chance.choice(_HOURS),
        "bill_rate": RATES[person.role],
        "currency": _CURRENCY[project.client],
        "approved_by": PEOPLE[0].name,
    }
    plant = PLANTED.get(number)
    return plant(made) if plant else made
