"""Liveness and readiness as JSON."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import clock
from portal.web.health import checks


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; asks nothing else, so that a slow database restarts nobody."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when work gets done here; 503 with the reasons when not."""
    results = checks.run(clock.now())
    well = all(check["ok"] for check in results.values())
    body = {"status": "ready" if well else "not_ready", "checks": results}
    return JsonResponse(body, status=200 if well else 503)
