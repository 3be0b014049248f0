"""Reading data contracts."""

from __future__ import annotations

from governance.contracts.models import DataContractVersion
from governance.ownership.lifecycle import Status


def active_version(contract: str, line: str) -> DataContractVersion | None:
    """The version that holds for a compatibility line."""
    return (
        DataContractVersion.objects.filter(contract__slug=contract, line=line, status=Status.ACTIVE)
        .select_related("contract")
        .first()
    )
