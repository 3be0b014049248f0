"""Every screen's addresses, and what the capabilities tell the shell (see `portal.web.shell`)."""

from django.urls import include, path

from portal.web.catalogue import finding as catalogue
from portal.web.changes import waiting as changes
from portal.web.shell import navigation, needs, search

urlpatterns = [
    path("", include("portal.web.home.urls")),
    path("", include("portal.web.catalogue.urls")),
    path("", include("portal.web.changes.urls")),
    path("", include("portal.web.shell.urls")),
]

needs.askers += [changes.approvals]
navigation.counts["changes"] = changes.count
search.finders += [("Changes", changes.find), ("Catalogue", catalogue.find)]
