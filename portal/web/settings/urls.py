"""Addresses of a person's own settings."""

from django.urls import path

from portal.web.settings import views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/time-zone/", views.time_zone, name="settings-time-zone"),
    path("settings/mail/", views.mail, name="settings-mail"),
    path("settings/tokens/new/", views.new_token, name="settings-token-new"),
    path("settings/tokens/<int:pk>/revoke/", views.revoke, name="settings-token-revoke"),
]
