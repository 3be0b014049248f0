"""What Tryton does only by its wizards, over JSON-RPC."""

from integrations.connectors.tryton.payment import PayWizard

__all__ = ["PayWizard"]
