"""Which record here is which record there."""

from django.db import models
from django.db.models import Q


class CrossReference(models.Model):
    """`canonical_id` of an entity is `source_id` in `system`, from `valid_from` on."""

    entity = models.CharField(max_length=200)
    canonical_id = models.CharField(max_length=200)
    system = models.CharField(max_length=200)
    source_id = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=40, default="operation")
    """`operation`, `person` or `import`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "canonical_id", "system"],
                condition=Q(valid_to=None),
                name="one_current_cross_reference",
            )
        ]
        indexes = [models.Index(fields=["entity", "system", "source_id"], name="xref_reverse")]

    def __str__(self) -> str:
        return f"{self.entity} {self.canonical_id} = {self.system} {self.source_id}"
