"""Sign-in: people are invited; nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by `manage.py` or an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always false."""
        return False
