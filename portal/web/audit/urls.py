"""Addresses of the audit log."""

from django.urls import path

from portal.web.audit import views

urlpatterns = [
    path("audit/log/", views.log, name="audit-log"),
    path("audit/log/verify/", views.verify, name="audit-verify"),
    path("audit/log/export/", views.export, name="audit-export"),
]
