"""Every route."""

from django.urls import URLPattern, URLResolver, include, path

from portal.api.hooks import Hook

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.web.health.urls")),
    path("", include("portal.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include("portal.api.urls")),
    path("hooks/<str:connection>", Hook.as_view(), name="hook"),
]

handler403 = "portal.web.shell.errors.forbidden"
handler404 = "portal.web.shell.errors.missing"
handler500 = "portal.web.shell.errors.broken"
