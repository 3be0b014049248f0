"""Each log line of a run names the run, its flow and its flow agreement."""

from __future__ import annotations

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from integrations.sync.lifecycle import Trigger
from integrations.sync.services import execute, start
from tests.firm import NOW

pytestmark = pytest.mark.django_db


def test_lines_of_a_run_carry_its_ids(firm):
    run = start(flow=firm.flow, by=None, trigger=Trigger.PERSON, now=NOW)
    with capture_logs(processors=[merge_contextvars]) as lines:
        execute(run_id=run.pk, now=NOW)
    told = {(one["event"], one["run"], one["flow"], one["agreement"]) for one in lines}
    assert told == {
        ("run taken", run.pk, "time-to-billing", firm.digest),
        ("run left", run.pk, "time-to-billing", firm.digest),
    }
