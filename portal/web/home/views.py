"""Home answers "what needs me?"."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance import clock
from portal.web.home.greeting import greeting
from portal.web.shell import needs
from portal.web.shell.access import SignedIn, signed_in
from portal.web.shell.pages import page


@require_GET
@signed_in
def home(request: SignedIn) -> HttpResponse:
    found = needs.ask(request)
    lead = next((need for need in found if need.sentence), None)
    return page(
        request,
        "home/home.html",
        context={
            "greeting": greeting(
                request.user.first_name or request.user.label, timezone.localtime(clock.now())
            ),
            "today": timezone.localtime(clock.now()),
            "lead": lead,
            "summaries": [need.summary for need in found if need.summary],
            "main": [need for need in found if not need.aside],
            "aside": [need for need in found if need.aside],
        },
    )
