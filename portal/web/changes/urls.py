"""Addresses of change requests."""

from django.urls import path

from portal.web.changes import evidence, listing, views

urlpatterns = [
    path("changes/", listing.changes, name="changes"),
    path("changes/export/", listing.export, name="changes-export"),
    path("changes/new/", views.propose, name="change-new"),
    path("changes/<int:pk>/", views.change, name="change"),
    path("changes/<int:pk>/evidence/", evidence.evidence, name="change-evidence"),
    path("changes/<int:pk>/edit/", views.edit, name="change-edit"),
    path("changes/<int:pk>/comment/", views.comment, name="change-comment"),
    path("changes/<int:pk>/raw/<int:number>/", views.raw, name="change-raw"),
    path("changes/<int:pk>/<slug:name>/", views.move, name="change-move"),
]
