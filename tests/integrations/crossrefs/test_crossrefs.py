"""Which record here is which record there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from integrations.crossrefs.models import CrossReference
from integrations.crossrefs.queries import canonical_id, resolve
from integrations.crossrefs.services import save
from tests.firm import NOW

pytestmark = pytest.mark.django_db
NAME = ("project", "P-1", "erp")


def test_what_was_saved_is_found_both_ways():
    assert save(found={NAME: "77", ("project", "P-2", "erp"): "78"}, now=NOW) == 2
    assert resolve([NAME, ("project", "P-3", "erp")]) == {NAME: "77"}
    assert canonical_id(entity="project", system="erp", source_id="78") == "P-2"
    assert canonical_id(entity="project", system="crm", source_id="78") is None


def test_saving_the_same_again_writes_nothing():
    save(found={NAME: "77"}, now=NOW)
    assert save(found={NAME: "77"}, now=NOW + timedelta(days=1)) == 0
    assert CrossReference.objects.count() == 1


def test_another_id_ends_the_former_one():
    later = NOW + timedelta(days=1)
    save(found={NAME: "77"}, now=NOW)
    save(found={NAME: "99"}, now=later)
    assert resolve([NAME]) == {NAME: "99"}
    assert list(CrossReference.objects.order_by("id").values_list("source_id", "valid_to")) == [
        ("77", later),
        ("99", None),
    ]


def test_the_database_refuses_two_current_ids():
    save(found={NAME: "77"}, now=NOW)
    row = CrossReference.objects.get()
    row.pk, row.source_id = None, "99"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("count", [1, 300])
def test_many_are_resolved_in_one_statement(count, django_assert_num_queries):
    names = {("project", f"P-{n}", "erp"): str(n) for n in range(count)}
    save(found=names, now=NOW)
    with django_assert_num_queries(1):
        assert resolve(names) == names
