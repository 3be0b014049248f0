"""Time goes on being written, handed in and approved in the PSA."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from portal.demo.clock import Clock, stamp
from portal.demo.firm.calendar import month_of
from portal.demo.firm.dice import Dice
from portal.demo.firm.world import World
from portal.demo.life.healthy import healthy
from portal.demo.store import Record, Wanted
from portal.demo.workplan.server import Workplan
from portal.demo.workplan.words import euro, hours

AT_ONCE = 4
EVERYTHING = 1_000_000


class Approving:
    """First what waits since before, then new entries."""

    def __init__(self, psa: Workplan, world: World, clock: Clock) -> None:
        self._psa, self._world, self._clock = psa, world, clock
        self._projects = healthy(world)
        known = {one.number for one in self._projects}
        self._waiting: deque[str] = deque()
        for status in ("submitted", "draft"):
            rows = psa.store.changed("time_entries", Wanted({"status": status}, limit=EVERYTHING))
            records = [row.record for row in rows]
            self._waiting += [one["id"] for one in records if one["project"]["id"] in known]

    def step(self) -> None:
        """Some entries are approved."""
        for _ in range(AT_ONCE):
            entry = self._next()
            self._psa.save("time_entries", self._approved(entry))

    def _next(self) -> Record:
        while self._waiting:
            held = self._psa.store.get("time_entries", self._waiting.popleft())
            if held and held["status"] in {"submitted", "draft"}:
                return held
        return self._new()

    def _approved(self, entry: Record) -> Record:
        now = self._clock.now()
        project = self._world.projects[entry["project"]["id"]]
        return entry | {
            "status": "approved",
            "submitted_at": entry["submitted_at"] or stamp(now - timedelta(minutes=50)),
            "approved_at": stamp(now),
            "approved_by": self._world.people[project.manager].name,
            "billing": entry["billing"]
            | {"status": "ready" if entry["billable"] else "non_billable"},
        }

    def _new(self) -> Record:
        """Somebody writes down hours of today."""
        number = self._psa.store.next("time_entries", start=140_001)
        dice, now = Dice(f"life/{number}"), self._clock.now()
        project = dice.pick(self._projects)
        contract = self._world.contracts[project.contract]
        here = [one for one in self._world.people.values() if one.entity == contract.entity]
        person, quarters, today = dice.pick(here), dice.between(4, 30), now.date()
        version = contract.version_on(today)
        rate = version.rates[person.role]
        schedule = f"{contract.number}/{project.number}/{month_of(today)}"
        following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return {
            "id": f"TE-{number}",
            "status": "draft",
            "client_id": contract.customer,
            "client_country": self._world.customers[contract.customer].country,
            "project": {"id": project.number, "name": project.name},
            "contract": {
                "number": contract.number,
                "type": contract.type,
                "version": version.number,
            },
            "legal_entity": contract.entity,
            "region": contract.region,
            "business_unit": contract.unit,
            "amount": euro(rate * quarters // 4),
            "currency": contract.currency,
            "billing": {
                "status": "not_ready",
                "charge": None,
                "invoice": None,
                "schedule": schedule,
                "billable_on": str(following),
            },
            "person": {"id": person.id, "name": person.name, "role": person.role},
            "billable": True,
            "submitted_at": None,
            "approved_at": None,
            "approved_by": None,
            "service": "advisory",
            "work_date": str(today),
            "hours": hours(quarters),
            "bill_rate": euro(rate),
            "written_off_at": None,
        }
