"""The doors of reconciliation."""

from integrations.reconciliation.passes import reconcile
from integrations.reconciliation.signing import countersign, refuse, sign

__all__ = ["countersign", "reconcile", "refuse", "sign"]
