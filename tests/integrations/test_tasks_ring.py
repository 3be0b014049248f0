"""Door-bells and the settings they may ring under."""

import pytest
from celery import current_app
from django.core.checks import Error

from governance import tasks as governance_tasks
from integrations import tasks
from integrations.checks import SCHEDULER, celery_settings
from integrations.connectors.stores import store
from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun
from integrations.sync.services import start
from tests.firm import NOW

MEMORY = {
    "CELERY_BROKER_URL": "memory://",
    "CELERY_BROKER_TRANSPORT_OPTIONS": {"polling_interval": 0.02},
}


def test_the_bells_have_the_names_that_services_nudge():
    named = {tasks.tick, tasks.run, tasks.plan, tasks.drain, tasks.agreements_changed, tasks.carry}
    assert {task.name for task in named} == {
        "integrations.tick",
        "integrations.run",
        "integrations.plan",
        "integrations.drain",
        "integrations.agreements_changed",
        "integrations.carry",
    }
    assert {governance_tasks.scan.name, governance_tasks.seal.name} == {
        "governance.scan",
        "governance.seal",
    }


@pytest.mark.django_db
def test_the_bells_rung_in_turn_bring_a_record_from_source_to_target(firm):
    source = {
        "id": "T-1",
        "project": "P-1",
        "hours": "8.0",
        "role": "consultant",
        "amount": "1200.00",
        "currency": "EUR",
    }
    store("psa-main").put("time", source)
    run = start(flow=firm.flow, by=None, trigger="slot", now=NOW)
    tasks.run(run_id=run.pk)
    tasks.plan(flow_id=firm.flow_id)
    tasks.drain(connection="billing-main")
    tasks.agreements_changed(flow_ids=[firm.flow_id])
    tasks.tick()
    assert SyncRun.objects.get(pk=run.pk).state == RunState.DONE
    assert [row.data["external_id"] for row in store("billing-main").records("item")] == ["T-1"]


@pytest.mark.django_db
def test_a_bell_for_something_that_is_gone_is_silent(firm):
    tasks.run(run_id=999)
    tasks.plan(flow_id=999)
    tasks.drain(connection="nowhere")
    assert SyncRun.objects.count() == 0


def test_the_shipped_settings_pass():
    assert [found for found in celery_settings() if isinstance(found, Error)] == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CELERY_TASK_ACKS_LATE", False, "CELERY_TASK_ACKS_LATE is False; set it to True"),
        (
            "CELERY_TASK_REJECT_ON_WORKER_LOST",
            None,
            "CELERY_TASK_REJECT_ON_WORKER_LOST is None; set it to True",
        ),
        (
            "CELERY_WORKER_PREFETCH_MULTIPLIER",
            4,
            "CELERY_WORKER_PREFETCH_MULTIPLIER is 4; set it to 1",
        ),
        ("CELERY_TASK_IGNORE_RESULT", False, "CELERY_TASK_IGNORE_RESULT is False; set it to True"),
        (
            "CELERY_ACCEPT_CONTENT",
            ["json", "pickle"],
            "CELERY_ACCEPT_CONTENT is ['json', 'pickle']; set it to ['json']",
        ),
        (
            "CELERY_TASK_SERIALIZER",
            "pickle",
            "CELERY_TASK_SERIALIZER is 'pickle'; set it to 'json'",
        ),
    ],
)
def test_a_setting_under_which_records_were_lost_stops_the_start(settings, name, value, sentence):
    for key, told in {**MEMORY, name: value}.items():
        setattr(settings, key, told)
    assert [found.msg for found in celery_settings() if isinstance(found, Error)] == [sentence]


@pytest.mark.parametrize(
    ("url", "options", "wrong"),
    [
        ("amqp://guest@localhost//", {"confirm_publish": True}, []),
        ("amqp://guest@localhost//", {}, ["confirm_publish"]),
        (
            "redis://localhost/0",
            {"visibility_timeout": 3600},
            [
                "visibility_timeout",
                "unacked_restore_interval",
                "unacked_restore_throttle",
            ],
        ),
        ("memory://", {}, ["polling_interval"]),
    ],
)
def test_each_broker_has_the_options_that_were_measured(settings, url, options, wrong):
    settings.CELERY_BROKER_URL = url
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = options
    found = [told.msg.split("'")[1] for told in celery_settings() if told.id == "integrations.E003"]
    assert found == wrong


def test_a_broker_that_nobody_measured_is_refused(settings):
    settings.CELERY_BROKER_URL = "sqs://"
    assert [found.id for found in celery_settings() if isinstance(found, Error)] == [
        "integrations.E002"
    ]


def test_beat_without_a_lease_is_warned_of(settings):
    settings.CELERY_BEAT_SCHEDULER = SCHEDULER
    assert [found for found in celery_settings() if found.id == "integrations.W004"] == []
    settings.CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
    [warned] = [found for found in celery_settings() if found.id == "integrations.W004"]
    assert warned.msg.endswith(f"set it to {SCHEDULER!r}, so that a spare stands by")


def test_the_application_is_the_one_that_services_nudge():
    assert current_app.main == "concordat"
