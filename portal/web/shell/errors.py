"""What a person reads when something is refused, missing or broken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.web.shell.pages import page


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says which permission is missing."""
    return _problem(request, 403, {"reason": str(exception or "")})


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: never says whether the thing exists for somebody else."""
    return _problem(request, 404, {})


def broken(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database, the session or the person."""
    return render(None, "500.html", status=500)


def _problem(request: HttpRequest, status: int, context: dict[str, str]) -> HttpResponse:
    return page(
        request,
        f"{status}.html",
        fragment="shell/_refusal.html",
        context={"status": status, **context},
        status=status,
    )
