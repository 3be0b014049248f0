"""Secrets open only where they were sealed; breakers, buckets and windows hold under load."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from governance.audit.models import AuditEntry
from integrations.connectors import queries, secrets, services
from integrations.connectors.models import Breaker, MaintenanceWindow, RateBucket, Secret
from integrations.errors import NeedsAPerson, PermissionRefused, Refused
from tests.integrations.connectors.given import ADA, NOW, Person

pytestmark = pytest.mark.django_db
CANARY = "sk_live_canary_51HxyzABC"
OLD, NEW = "old-key-" + "o" * 40, "new-key-" + "n" * 40


def stored(name: str = "stripe", value: str = CANARY) -> Secret:
    return services.put_secret(name=name, value=value, by=ADA, reason="go-live", now=NOW)


@pytest.fixture(autouse=True)
def _keys(settings: Any, tmp_path: Any) -> None:
    settings.KEK = OLD
    settings.VAR = tmp_path


def test_a_stored_secret_is_revealed_and_nowhere_in_the_open() -> None:
    row = stored()
    assert secrets.reveal("stripe") == CANARY
    assert CANARY.encode() not in bytes(row.ciphertext)
    assert CANARY not in repr(row) + str(row.__dict__) + repr(secrets.keys()[0].__class__)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_label, entry.reason) == (
        "secret.put",
        "stripe",
        "go-live",
    )
    assert CANARY not in str(entry.__dict__)


def test_the_same_value_twice_is_sealed_differently() -> None:
    assert bytes(stored("a").ciphertext) != bytes(stored("b").ciphertext)


def test_a_ciphertext_swapped_between_rows_does_not_open() -> None:
    stored("stripe")
    other = stored("erp", "other-value")
    Secret.objects.filter(name="stripe").update(ciphertext=other.ciphertext)
    with pytest.raises(NeedsAPerson, match="was changed outside") as caught:
        secrets.reveal("stripe")
    assert caught.value.klass == "auth"
    assert "other-value" not in str(caught.value)


def test_a_changed_bit_does_not_open() -> None:
    sealed = bytearray(bytes(stored().ciphertext))
    sealed[-1] ^= 1
    Secret.objects.update(ciphertext=bytes(sealed))
    with pytest.raises(NeedsAPerson):
        secrets.reveal("stripe")


def test_keys_rotate_while_secrets_stay_readable(settings: Any) -> None:
    stored()
    settings.KEK = f"{NEW},{OLD}"
    assert secrets.reveal("stripe") == CANARY
    assert services.reseal_secrets(by=ADA, reason="yearly", now=NOW) == 1
    settings.KEK = NEW
    assert secrets.reveal("stripe") == CANARY
    assert services.reseal_secrets(by=ADA, reason="yearly", now=NOW) == 0


def test_a_key_that_is_gone_says_what_to_do(settings: Any) -> None:
    stored()
    settings.KEK = NEW
    with pytest.raises(NeedsAPerson, match="add that key back"):
        secrets.reveal("stripe")


def test_a_short_key_stops_the_start(settings: Any) -> None:
    settings.KEK = "short"
    with pytest.raises(ImproperlyConfigured, match="32 random characters") as caught:
        secrets.keys()
    assert "short" not in str(caught.value)


def test_without_a_key_one_is_made_for_its_owner_alone(settings: Any) -> None:
    settings.KEK = ""
    stored()
    path = settings.VAR / "kek.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets.reveal("stripe") == CANARY


def test_a_secret_nobody_stored_is_a_case() -> None:
    with pytest.raises(NeedsAPerson, match="'nothing' is not stored"):
        secrets.reveal("nothing")
    assert secrets.reveal("") == ""


def test_only_who_may_manage_secrets_stores_one_and_says_why() -> None:
    with pytest.raises(PermissionRefused):
        services.put_secret(
            name="stripe", value=CANARY, by=Person(allowed=False), reason="x", now=NOW
        )
    with pytest.raises(Refused, match="say why"):
        services.put_secret(name="stripe", value=CANARY, by=ADA, reason=" ", now=NOW)
    assert queries.secret_names() == []


def test_a_deleted_secret_is_gone_and_audited() -> None:
    stored()
    assert services.delete_secret(name="stripe", by=ADA, reason="left the vendor") is True
    assert services.delete_secret(name="stripe", by=ADA, reason="again") is False
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "secret.put",
        "secret.delete",
    ]


def test_a_tripped_connection_rests_longer_each_time() -> None:
    rests = []
    for _ in range(8):
        breaker = services.trip(connection="erp", reason="401", now=NOW)
        assert breaker.retry_at is not None
        rests.append((breaker.retry_at - NOW).total_seconds())
    assert rests == [30, 60, 120, 240, 480, 960, 1800, 1800]
    assert queries.resting_connections(NOW) == {"erp": "401"}
    assert queries.may_use("erp", NOW) is False
    assert queries.may_use("billing", NOW) is True


def test_one_caller_probes_after_the_rest() -> None:
    services.trip(connection="erp", reason="down", now=NOW)
    assert services.probe(connection="erp", now=NOW) is False
    later = NOW + timedelta(seconds=31)
    assert [services.probe(connection="erp", now=later) for _ in range(3)] == [True, False, False]
    assert services.probe(connection="erp", now=later + timedelta(seconds=61)) is True


def test_success_closes_and_forgets_the_failures() -> None:
    services.trip(connection="erp", reason="down", now=NOW)
    assert services.close(connection="erp") is True
    assert services.close(connection="erp") is False
    assert queries.may_use("erp", NOW) is True
    breaker = Breaker.objects.get()
    assert (breaker.failures, breaker.opened_at, breaker.reason) == (0, None, "")


def test_a_connection_never_tripped_needs_no_row() -> None:
    assert services.close(connection="erp") is False
    assert services.probe(connection="erp", now=NOW) is False


def limited(*rates: dict[str, Any]) -> None:
    description = {"connector": "c", "limits": list(rates), "objects": {"x": {"path": "/x"}}}
    services.set_limits(connection="erp", limits=services.limits_of(description), now=NOW)


def test_tokens_are_taken_in_a_block_and_refill_with_time() -> None:
    limited({"rate": 100, "per": "1s"})
    assert [services.take("erp", 60, NOW) for _ in range(3)] == [60, 40, 0]
    assert services.take("erp", 60, NOW + timedelta(milliseconds=250)) == 25
    assert services.take("erp", 500, NOW + timedelta(hours=1)) == 100


def test_several_buckets_hold_at_once() -> None:
    limited({"rate": 5, "per": "1s"}, {"rate": 60, "per": "1m"}, {"concurrent": 3})
    granted = sum(services.take("erp", 5, NOW + timedelta(seconds=n)) for n in range(30))
    assert granted == 60 + 29


def test_a_connection_without_limits_takes_what_it_asks() -> None:
    assert services.take("erp", 5000, NOW) == 5000


def test_a_clock_that_went_back_gives_nothing() -> None:
    limited({"rate": 10, "per": "1s"})
    services.take("erp", 10, NOW)
    assert services.take("erp", 10, NOW - timedelta(hours=1)) == 0


def test_unused_tokens_are_given_back_up_to_the_capacity() -> None:
    limited({"rate": 10, "per": "1s"})
    services.take("erp", 10, NOW)
    services.give_back("erp", 4)
    assert services.take("erp", 10, NOW) == 4
    services.give_back("erp", 400)
    assert services.take("erp", 100, NOW) == 10


def test_new_limits_replace_the_old_and_keep_what_was_used() -> None:
    limited({"rate": 10, "per": "1s"})
    services.take("erp", 8, NOW)
    limited({"rate": 10, "per": "1s"}, {"match": "POST /x", "rate": 1, "per": "1m"})
    assert services.take("erp", 10, NOW) == 2
    assert services.take("erp", 10, NOW, match="POST /x") == 1
    limited()
    assert RateBucket.objects.count() == 0


def test_a_maintenance_window_rests_its_connection_while_it_lasts() -> None:
    end = NOW + timedelta(hours=2)
    services.plan_maintenance(
        connection="erp", starts_at=NOW, ends_at=end, by=ADA, reason="upgrade"
    )
    assert queries.resting_connections(NOW) == {"erp": "upgrade"}
    assert queries.may_use("erp", end) is True
    with pytest.raises(Refused, match="ends after it starts"):
        services.plan_maintenance(
            connection="erp", starts_at=NOW, ends_at=NOW, by=ADA, reason="nothing"
        )


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Breaker.objects.create(connection="x", state="open"),
        lambda: RateBucket.objects.create(
            connection="x", tokens=2, capacity=1, refill=1, refilled_at=NOW
        ),
        lambda: RateBucket.objects.create(
            connection="x", tokens=-1, capacity=1, refill=1, refilled_at=NOW
        ),
        lambda: RateBucket.objects.create(
            connection="x", tokens=1, capacity=1, refill=0, refilled_at=NOW
        ),
        lambda: MaintenanceWindow.objects.create(
            connection="x", starts_at=NOW, ends_at=NOW, reason="r"
        ),
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(broken: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        broken()
