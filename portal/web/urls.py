"""Every screen's addresses, and what the capabilities tell the shell (see `portal.web.shell`)."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.web.home.urls")),
    path("", include("portal.web.catalogue.urls")),
    path("", include("portal.web.changes.urls")),
    path("", include("portal.web.shell.urls")),
]
