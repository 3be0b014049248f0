"""Saved views: who sees which, and the one door by which they are kept, changed and removed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from governance.errors import GovernanceError, PermissionRefused
from governance.ownership.lifecycle import Status
from governance.ownership.models import Team
from portal.accounts.models import SavedView

if TYPE_CHECKING:
    from portal.accounts.models import User

PAGES = frozenset(
    {"queue", "changes", "runs", "audit-log", "transactions", "catalogue-kind", "dashboards",
     "dashboard-list", "reconciliation"}
)  # fmt: skip
"""Names of the URLs of lists that take filters."""
PASSING = ("after", "before", "page", "cursor", "as", "csrfmiddlewaretoken")
"""Of an address, what is no filter."""
MOST = 100
"""Views of one person."""


class ViewRefused(GovernanceError):
    """A view cannot be saved like this."""

    code = "view_refused"


def address(page: str) -> str:
    """The list's path. Raises ViewRefused where there is none."""
    name, *given = page.split("/")
    try:
        if name in PAGES:
            return reverse(name, args=given)
    except NoReverseMatch:
        pass
    raise ViewRefused(f"{page or 'nothing'} is no list whose filters can be saved")


def teams(person: User) -> QuerySet[Team]:
    """Those that the person may share with: their own."""
    return Team.objects.filter(members=person, status=Status.ACTIVE).order_by("name")


def visible(person: User) -> QuerySet[SavedView]:
    """Their own, and what others share with a team of theirs."""
    shared = Q(shared_with__in=teams(person).order_by().values("slug"))
    return SavedView.objects.filter(Q(user=person) | shared).order_by("name", "pk")


@transaction.atomic
def keep(
    *,
    by: User,
    page: str,
    name: str,
    query: str,
    now: datetime,
    shared_with: str = "",
    is_default: bool = False,
) -> SavedView:
    """A new view; one of the same name is replaced."""
    address(page)
    _refuse_unless_theirs(by, shared_with)
    name = _named(name)
    if not by.saved_views.filter(page=page, name=name).exists() and by.saved_views.count() >= MOST:
        raise ViewRefused(f"{MOST} views are kept for you already; remove one first")
    if is_default:
        by.saved_views.filter(page=page).update(is_default=False)
    given = {"query": _filters(query), "shared_with": shared_with, "is_default": is_default}
    row, _ = SavedView.objects.update_or_create(
        user=by, page=page, name=name, defaults=given, create_defaults={**given, "created_at": now}
    )
    return row


@transaction.atomic
def change(
    view: SavedView, *, by: User, name: str, shared_with: str = "", is_default: bool = False
) -> SavedView:
    """Another name, another team, where the rail leads; the filters stay."""
    _refuse_unless_theirs(by, shared_with)
    if view.user_id != by.pk:
        raise PermissionRefused("a view is changed by whoever saved it")
    others = by.saved_views.filter(page=view.page).exclude(pk=view.pk)
    if others.filter(name=_named(name)).exists():
        raise ViewRefused(f"another view of this list is called “{name}”")
    if is_default:
        others.update(is_default=False)
    view.name, view.shared_with, view.is_default = _named(name), shared_with, is_default
    view.save(update_fields=["name", "shared_with", "is_default"])
    return view


def remove(view: SavedView, *, by: User) -> None:
    """Gone for everybody who saw it."""
    if view.user_id != by.pk:
        raise PermissionRefused("a view is removed by whoever saved it")
    view.delete()


def _named(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > 80:
        raise ViewRefused("give the view a name of at most 80 letters")
    return found


def _filters(query: str) -> str:
    """In one order of writing, without cursors."""
    params = QueryDict(query.removeprefix("?"), mutable=True)
    for name in PASSING:
        params.pop(name, None)
    found = params.urlencode()
    if len(found) > 2000:
        raise ViewRefused("these filters are too long to be saved")
    return found


def _refuse_unless_theirs(person: User, team: str) -> None:
    if team and not teams(person).filter(slug=team).exists():
        raise ViewRefused(f"you are not in the team {team}")
