"""Every route, the settings and the audit log certainly among them."""

from django.urls import include, path

from portal.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500"]

urlpatterns = [
    path("", include("portal.web.settings.urls")),
    path("", include("portal.web.audit.urls")),
    *urlpatterns,
]
