"""What a person is here, in words."""

from django.db.models import Q

from governance import clock
from governance.ownership.lifecycle import Role, Status
from governance.ownership.models import RoleGrant
from portal.accounts.models import User
from portal.web.shell.words import word_of


def title_of(person: User) -> str:
    """The first two roles that the person holds now: "Architect, Steward"."""
    held = RoleGrant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=clock.now()), person=person, status=Status.ACTIVE
    ).values_list("role", flat=True)
    roles = [role for role in Role if role in set(held)]
    return ", ".join(word_of(role) for role in roles[:2]) or "No role yet"
