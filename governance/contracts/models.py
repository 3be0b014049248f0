"""Data contracts: the agreed shape and meaning of an entity in motion."""

from django.db import models
from django.db.models import Q

from governance.catalog.models import BusinessEntity
from governance.ownership.lifecycle import Status
from governance.ownership.models import Owned


class DataContract(Owned):
    """The promise about one business entity; what it says stands in its versions."""

    KIND = "data_contract"
    entity = models.ForeignKey(BusinessEntity, on_delete=models.PROTECT, related_name="contracts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="data_contract_slug")]


class DataContractVersion(Owned):
    """JSON Schema 2020-12, field meanings and SLA terms; never altered once active."""

    KIND = "data_contract_version"
    contract = models.ForeignKey(DataContract, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=60)
    line = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "version"], name="contract_version_once"),
            models.UniqueConstraint(
                fields=["contract", "line"],
                condition=Q(status=Status.ACTIVE),
                name="one_active_contract_version_per_line",
            ),
        ]
