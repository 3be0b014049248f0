"""What the inbox tells the shell: the number at the bell."""

from __future__ import annotations

from django.urls import reverse

from governance.notifications.queries import unread
from portal.web.shell.access import SignedIn
from portal.web.shell.navigation import Bell


def bell(request: SignedIn) -> Bell:
    """One query."""
    return Bell(reverse("inbox"), unread(request.user))
