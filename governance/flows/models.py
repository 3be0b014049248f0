"""Flows: which entity moves from where to where, mapped how and when."""

from django.db import models

from governance.catalog.models import BusinessEntity, Connection
from governance.contracts.models import DataContract
from governance.ownership.models import Owned


class ValueMap(Owned):
    """Which value here is which value there; rows stand in `document["rows"]`."""

    KIND = "value_map"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="value_map_slug")]


class Mapping(Owned):
    """Source record → canonical record → effects on the target."""

    KIND = "mapping"
    entity = models.ForeignKey(BusinessEntity, on_delete=models.PROTECT, related_name="mappings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="mapping_slug")]


class Process(Owned):
    """Milestones that business things pass, across systems."""

    KIND = "process"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="process_slug")]


class Flow(Owned):
    """Entity X from A to B, under a data contract, on a schedule."""

    KIND = "flow"
    entity = models.ForeignKey(BusinessEntity, on_delete=models.PROTECT, related_name="flows")
    source = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="flows_out")
    target = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="flows_in")
    contract = models.ForeignKey(DataContract, on_delete=models.PROTECT, related_name="flows")
    mapping = models.ForeignKey(Mapping, on_delete=models.PROTECT, related_name="flows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="flow_slug")]
