"""Django application configuration."""

from django.apps import AppConfig

from governance.database import keep
from integrations.rules import RULES


class IntegrationsConfig(AppConfig):
    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what only the database can keep."""
        keep(self, RULES)
