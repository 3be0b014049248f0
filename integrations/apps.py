"""Django application configuration."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from governance.database import keep
from integrations.checks import celery_settings
from integrations.rules import RULES


class IntegrationsConfig(AppConfig):
    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what only the database can keep; refuse settings that were never measured."""
        register(celery_settings, Tags.compatibility)
        keep(self, RULES)
