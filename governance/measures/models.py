"""Measures, loss tables and FX rates; what they say stands in their documents."""

from django.db import models

from governance.ownership.models import Owned


class Measure(Owned):
    """Parameters of a metric: objective, thresholds, buckets, exclusions, owner."""

    KIND = "measure"
    metric = models.SlugField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="measure_slug")]


class LossTable(Owned):
    """How likely money at risk is lost."""

    KIND = "loss_table"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="loss_table_slug")]


class FxSource(Owned):
    """Dated exchange rates to one base currency."""

    KIND = "fx_source"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="fx_source_slug")]
