"""Who is asking: the typed request of a signed-in person, and what a view demands of them."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from portal.accounts.models import User

P = ParamSpec("P")


class SignedIn(HttpRequest):
    """A request whose `user` is a person, never anonymous."""

    user: User
    htmx: HtmxDetails


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PersonalView = Callable[Concatenate[SignedIn, P], HttpResponseBase]


def signed_in(view: PersonalView[P]) -> View[P]:
    """Ask for a sign-in first; inside, times are in the person's zone."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return _to_sign_in(request)
        with timezone.override(zone_of(request.user)):
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded


def requires(permission: str) -> Callable[[PersonalView[P]], View[P]]:
    """Like `signed_in`, and refuse with 403 whoever lacks the permission everywhere."""

    def decorate(view: PersonalView[P]) -> View[P]:
        @wraps(view)
        def allowed(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        return signed_in(allowed)

    return decorate


def zone_of(person: User) -> ZoneInfo:
    """The person's time zone; UTC when the stored name means nothing here."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A fragment cannot hold a sign-in page, so htmx is told to leave the whole page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx:
        here = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(here).url)
    return redirect_to_login(request.get_full_path())
