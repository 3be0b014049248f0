"""Who may author which attribute group, where and when."""

from django.db import models
from django.db.models import F, Q

from governance.catalog.models import AttributeGroup, BusinessEntity, System
from governance.ownership.models import Owned


class AuthorityAssignment(Owned):
    """A system of record: one author for a group, in a scope, on each date.

    The database refuses overlapping active periods: by exclusion constraint on PostgreSQL, by
    trigger on SQLite (see `governance.authority.exclusion`).
    """

    KIND = "authority"
    entity = models.ForeignKey(BusinessEntity, on_delete=models.PROTECT, related_name="authorities")
    group = models.ForeignKey(AttributeGroup, on_delete=models.PROTECT, related_name="authorities")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="authorities")
    scope = models.CharField(max_length=120, default="*")
    """`*` for everywhere, else `name:value` such as `region:EMEA`."""
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    """First day on which it no longer holds."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="authority_slug"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="authority_lasts",
            ),
        ]
