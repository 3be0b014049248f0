"""One URL serves a page, or to htmx only the fragment that the page includes."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def page(
    request: HttpRequest,
    template: str,
    *,
    fragment: str | None = None,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or `fragment` with any waiting messages beside it for htmx."""
    wanted = fragment if fragment and wants_fragment(request) else None
    html = render_to_string(wanted or template, context, request)
    if wanted and len(get_messages(request)):
        html += render_to_string("shell/_toasts.html", {"oob": True}, request)
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; a boosted link and a history restore want the whole page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)
