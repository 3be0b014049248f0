"""Addresses of reconciliation."""

from django.urls import path

from portal.web.reconciliation import signing, views

urlpatterns = [
    path("reconciliation/", views.reconciliation, name="reconciliation"),
    path("reconciliation/export/", views.export, name="reconciliation-export"),
    path("reconciliation/<int:pk>/sign/", signing.sign, name="reconciliation-sign"),
    path(
        "reconciliation/sign-offs/<int:pk>/<slug:name>/",
        signing.decide,
        name="reconciliation-decide",
    ),
]
