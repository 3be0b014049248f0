"""Every screen's addresses, and what the capabilities tell the shell (see `portal.web.shell`)."""

from django.urls import include, path

from portal.web.audit import assuring
from portal.web.catalogue import finding as catalogue
from portal.web.catalogue import starting
from portal.web.changes import arriving
from portal.web.changes import waiting as changes
from portal.web.dashboards import news as dashboards
from portal.web.inbox import news as inbox
from portal.web.queue import breaching, mine
from portal.web.queue import news as queue
from portal.web.runs import news as runs
from portal.web.shell import navigation, needs, search
from portal.web.transactions import news as transactions

urlpatterns = [
    path("", include("portal.web.home.urls")),
    path("", include("portal.web.inbox.urls")),
    path("", include("portal.web.catalogue.urls")),
    path("", include("portal.web.changes.urls")),
    path("", include("portal.web.queue.urls")),
    path("", include("portal.web.reconciliation.urls")),
    path("", include("portal.web.runs.urls")),
    path("", include("portal.web.transactions.urls")),
    path("", include("portal.web.dashboards.urls")),
    path("", include("portal.web.audit.urls")),
    path("", include("portal.web.settings.urls")),
    path("", include("portal.web.shell.urls")),
]

needs.askers += [starting.need, changes.approvals]
navigation.counts["changes"] = changes.count
search.finders += [("Changes", changes.find), ("Catalogue", catalogue.find)]

needs.askers += [mine.need, arriving.activated]
needs.askers += [dashboards.need, breaching.need, arriving.week, assuring.need]
navigation.counts["queue"] = queue.count
navigation.health.append(runs.health)
navigation.bells.append(inbox.bell)
search.finders += [
    ("Transactions", transactions.find),
    ("Cases", queue.find),
    ("Runs", runs.find),
]
