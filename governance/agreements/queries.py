"""Reading flow agreements."""

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement


def active(flow_id: int) -> Agreement | None:
    """What the flow runs under now."""
    return Agreement.objects.filter(flow=flow_id, status=AgreementStatus.ACTIVE).first()


def active_by_slug(slug: str) -> Agreement | None:
    """The same, by the flow's slug."""
    return Agreement.objects.filter(flow__slug=slug, status=AgreementStatus.ACTIVE).first()


def reading_from(connection: str) -> list[Agreement]:
    """Every agreement that runs and reads from this connection, with its flow."""
    rows = Agreement.objects.filter(
        status=AgreementStatus.ACTIVE, document__source__connection=connection
    )
    return list(rows.select_related("flow").order_by("id"))


def all_active() -> list[Agreement]:
    """Every agreement that runs, with its flow."""
    return list(
        Agreement.objects.filter(status=AgreementStatus.ACTIVE)
        .select_related("flow")
        .order_by("id")
    )
