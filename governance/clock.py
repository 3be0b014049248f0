"""What time it is for the business: an invented firm may live on another day than its computer.

Leases never ask here: they follow the database's own clock.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present moment in UTC, shifted by `settings.CLOCK_OFFSET` seconds."""
    return timezone.now() + timedelta(seconds=settings.CLOCK_OFFSET)
