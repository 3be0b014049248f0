"""Addresses of runs."""

from django.urls import path

from portal.web.runs import exporting, views

urlpatterns = [
    path("runs/", views.runs, name="runs"),
    path("runs/export/", exporting.export, name="runs-export"),
    path("runs/start/<slug:flow>/", views.start, name="run-start"),
    path("runs/<int:pk>/", views.run, name="run"),
]
