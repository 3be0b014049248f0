"""The shell's own URLs: preferences, search over everything, and the sheet of all components."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from portal.web.shell import search, styleguide
from portal.web.shell.access import SignedIn, signed_in
from portal.web.shell.pages import page
from portal.web.shell.preferences import A_YEAR, chosen


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme and keys in cookies, then go back to where the person was."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, value in chosen(request.POST.dict()).items():
        response.set_cookie(
            name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_GET
@signed_in
def find(request: SignedIn) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    return page(
        request,
        "shell/search.html",
        fragment="shell/_hits.html",
        context={"words": words, "groups": search.find(request, words)},
    )


@require_GET
@signed_in
def components(request: SignedIn) -> HttpResponse:
    """Every component in every state; only while developing."""
    if not settings.DEBUG:
        raise Http404
    return page(request, "shell/styleguide.html", context=styleguide.context())
