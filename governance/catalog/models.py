"""Systems and how they are reached, business entities, APIs and their versions."""

from django.db import models
from django.db.models import Q

from governance import clock
from governance.ownership.lifecycle import Status
from governance.ownership.models import Owned


class System(Owned):
    """An application that holds records: CRM, PSA, billing, ERP or another."""

    KIND = "system"
    kind = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="system_slug")]


class ConnectorDescription(Owned):
    """How the generic HTTP engine speaks to one system; `document["text"]` is kept as written."""

    KIND = "connector"
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="connectors")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="connector_slug")]


class Connection(Owned):
    """One reachable environment of a system; its secret is named, never held."""

    KIND = "connection"
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="connections")
    connector = models.ForeignKey(
        ConnectorDescription, on_delete=models.PROTECT, related_name="connections"
    )
    environment = models.CharField(max_length=40, default="production")
    base_url = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="connection_slug")]


class BusinessEntity(Owned):
    """A noun of the firm, such as an invoice, with its fields in attribute groups."""

    KIND = "entity"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="entity_slug")]


class AttributeGroup(models.Model):
    """Fields of an entity that have one author together."""

    entity = models.ForeignKey(BusinessEntity, on_delete=models.CASCADE, related_name="groups")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "slug"], name="attribute_group_slug")
        ]

    def __str__(self) -> str:
        return self.name


class Attribute(models.Model):
    """A field of an entity; it stands in exactly one group."""

    entity = models.ForeignKey(BusinessEntity, on_delete=models.CASCADE, related_name="attributes")
    group = models.ForeignKey(AttributeGroup, on_delete=models.CASCADE, related_name="attributes")
    name = models.CharField(max_length=80)
    meaning = models.CharField(max_length=300, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="attribute_once")]

    def __str__(self) -> str:
        return self.name


class Api(Owned):
    """An interface of a system; what it promises stands in its versions."""

    KIND = "api"
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="apis")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="api_slug")]


class Specification(models.Model):
    """A specification document, byte for byte, named by its own SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.digest[:8]


class ApiVersion(Owned):
    """One version of an API. Several may be live; one per compatibility line."""

    KIND = "api_version"
    api = models.ForeignKey(Api, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=60)
    line = models.CharField(max_length=40)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="versions"
    )
    sunset_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api", "version"], name="api_version_once"),
            models.UniqueConstraint(
                fields=["api", "line"],
                condition=Q(status=Status.ACTIVE),
                name="one_active_api_version_per_line",
            ),
        ]


class Comparison(models.Model):
    """What the compatibility engine said of a pair of documents, named by all that it rests on."""

    key = models.CharField(max_length=64, primary_key=True)
    old = models.CharField(max_length=64)
    new = models.CharField(max_length=64)
    result = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["old", "new"], name="comparison_pair")]

    def __str__(self) -> str:
        return f"{self.old[:8]} → {self.new[:8]}"
