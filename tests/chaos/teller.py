"""What tells people, in a process that the tests kill.

python teller.py found            the sample firm, a path, and a case whose first step is due
python teller.py escalate         one look at what is due
python teller.py carry SECONDS    deliver mail; the clock stands so far ahead
"""

# ruff: noqa: E402 - Django is set up before anything of it is imported

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.core.management import call_command

from integrations.cases.escalating import escalate
from integrations.cases.services import open_case
from integrations.outbox.services import carry
from portal.accounts.models import User
from tests import firm

HOUR = timedelta(hours=1)


def found() -> None:
    call_command("migrate", verbosity=0)
    firm.found()
    User.objects.filter(username="stan").update(email="stan@example.com")
    path = {"slug": "hours", "name": "Hours", "domain": "delivery"}
    document = {**path, "steps": [{"after": "PT1H", "to": "person:stan"}]}
    item = firm.flow_item(escalation_path="hours")
    firm.register([{"kind": "escalation_path", "document": document}, item])
    agreement = firm.Agreement.objects.get(status="active")
    told = {"klass": "auth", "title": "The key is refused", "detail": {}}
    open_case(**told, agreement=agreement, connection="psa-main", now=firm.NOW)


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "found":
        found()
    elif verb == "escalate":
        escalate(now=firm.NOW + HOUR)
    else:
        carry(channel="email", now=firm.NOW + HOUR + timedelta(seconds=float(rest[0])))
