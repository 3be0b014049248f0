"""Change requests: revisions, votes, gates, activation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.agreements.models import Agreement
from governance.approvals.lifecycle import GateVerdict, RiskClass, State, Verdict
from governance.authority.models import AuthorityAssignment
from governance.catalog.models import (
    Api,
    ApiVersion,
    BusinessEntity,
    Connection,
    ConnectorDescription,
    System,
)
from governance.contracts.models import DataContract, DataContractVersion
from governance.flows.models import Flow, Mapping, Process, ValueMap
from governance.measures.models import FxSource, LossTable, Measure
from governance.ownership.models import (
    BusinessCalendar,
    Domain,
    EscalationPath,
    FiscalCalendar,
    Governed,
    RoleGrant,
    Team,
)

LINKS = (
    "domain",
    "team",
    "role_grant",
    "escalation_path",
    "business_calendar",
    "fiscal_calendar",
    "system",
    "connector",
    "connection",
    "entity",
    "api",
    "api_version",
    "data_contract",
    "data_contract_version",
    "authority",
    "fx_source",
    "loss_table",
    "process",
    "measure",
    "value_map",
    "mapping",
    "flow",
)
"""Kinds of subject: each is the name of the typed link in `ChangeItem` and of `Model.KIND`."""

_PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}


class ChangeRequest(models.Model):
    """Items that activate together, once enough people approved exactly this revision."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    state = models.CharField(
        max_length=20, choices=[(s, s) for s in State], default=State.DRAFT, db_index=True
    )
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+", null=True)
    """The first item's domain; null for the foundation and for firm-wide grants."""
    risk_class = models.CharField(max_length=2, choices=[(r, r) for r in RiskClass])
    raised_to = models.CharField(
        max_length=2, choices=[(r, r) for r in RiskClass], blank=True, default=""
    )
    """What its author asked for; counts only where it is more than what is computed."""
    class_reasons = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    """Snapshot at submit: `[{seat, count, domain, why}]`; later changes of rules can only add."""
    is_foundation = models.BooleanField(default=False)
    rollback_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="rollbacks", null=True, blank=True
    )
    revision_number = models.PositiveIntegerField(default=0)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_foundation"],
                condition=Q(is_foundation=True)
                & ~Q(state__in=["withdrawn", "rejected", "expired"]),
                name="foundation_once",
            )
        ]

    def __str__(self) -> str:
        return f"CR-{self.pk:04d} {self.title}"


class Revision(models.Model):
    """An immutable proposal. `content` is `[{kind, slug, document}]`; votes bind to `digest`."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    base = models.JSONField(default=dict)
    """`kind:slug` → digest of the active content it was made against (empty when new)."""
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="revision_number")
        ]

    def __str__(self) -> str:
        return f"r{self.number} {self.digest[:8]}"


def _link(model: type[models.Model]) -> Any:
    return models.ForeignKey(model, on_delete=models.PROTECT, related_name="+", null=True)


class ChangeItem(models.Model):
    """One subject of a request, by exactly one typed link."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    domain = _link(Domain)
    team = _link(Team)
    role_grant = _link(RoleGrant)
    escalation_path = _link(EscalationPath)
    business_calendar = _link(BusinessCalendar)
    fiscal_calendar = _link(FiscalCalendar)
    system = _link(System)
    connector = _link(ConnectorDescription)
    connection = _link(Connection)
    entity = _link(BusinessEntity)
    api = _link(Api)
    api_version = _link(ApiVersion)
    data_contract = _link(DataContract)
    data_contract_version = _link(DataContractVersion)
    authority = _link(AuthorityAssignment)
    fx_source = _link(FxSource)
    loss_table = _link(LossTable)
    process = _link(Process)
    measure = _link(Measure)
    value_map = _link(ValueMap)
    mapping = _link(Mapping)
    flow = _link(Flow)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                name="change_item_has_exactly_one_subject",
                condition=Q(
                    *[
                        Q(**{f"{other}__isnull": other != name for other in LINKS})
                        for name in LINKS
                    ],
                    _connector=Q.OR,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject.slug}"

    @property
    def kind(self) -> str:
        """Name of the link that is set."""
        return next(name for name in LINKS if getattr(self, f"{name}_id"))

    @property
    def subject(self) -> Governed:
        """The governed row."""
        row: Governed = getattr(self, self.kind)
        return row


class Vote(models.Model):
    """One person's verdict on exactly one revision, in one seat.

    A voided vote stays as evidence and counts for nothing: the request went back to its authors or
    was invalidated, and everyone looks again.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="votes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="votes")
    seat = models.CharField(max_length=20)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    verdict = models.CharField(max_length=20, choices=[(v, v) for v in Verdict])
    reason = models.TextField(blank=True, default="")
    revision_hash = models.CharField(max_length=64)
    acknowledged = models.JSONField(default=list)
    """Keys of the impacts that this person took note of, one by one."""
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "person"],
                condition=Q(voided_at__isnull=True),
                name="one_vote_per_revision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.verdict}"


class GateResult(models.Model):
    """What one gate said of one revision; the newest row of a gate counts."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="gate_results")
    gate = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    verdict = models.CharField(max_length=16, choices=[(v, v) for v in GateVerdict])
    reason = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "gate"], name="gate_once")]

    def __str__(self) -> str:
        return f"{self.gate}: {self.verdict}"


class Comment(models.Model):
    """A remark on a request, anchored to a place in an item's document or to the whole."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    anchor = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class Activation(models.Model):
    """The one moment in which a revision became what runs."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="activations")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="activation")
    agreements = models.ManyToManyField(Agreement, related_name="activations")
    previous = models.JSONField(default=list)
    """`[{kind, slug, document}]` as it was before (null: not active): what a rollback proposes."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"activation of {self.revision}"
