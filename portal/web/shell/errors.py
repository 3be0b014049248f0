"""What a person reads when something is refused, missing or broken."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portal.web.shell.pages import page


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says which permission is missing."""
    return _problem(request, 403, {"reason": str(exception or "")})


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: never says whether the thing exists for somebody else."""
    return _problem(request, 404, {})


def broken(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database, the session or the person."""
    part = "HX-Request" in request.headers
    html = render_to_string("shell/_refusal.html" if part else "500.html", {"status": 500})
    return HttpResponse(html, status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose CSRF token is no longer good."""
    return _problem(request, 403, {"expired": reason or "yes"}, template="403_csrf.html")


def _problem(
    request: HttpRequest, status: int, context: dict[str, str], *, template: str = ""
) -> HttpResponse:
    return page(
        request,
        template or f"{status}.html",
        fragment="shell/_refusal.html",
        context={"status": status, **context},
        status=status,
    )
