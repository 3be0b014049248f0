"""Addresses of a person's inbox."""

from django.urls import path

from portal.web.inbox import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read, name="inbox-read"),
    path("inbox/<int:pk>/", views.follow, name="inbox-follow"),
]
