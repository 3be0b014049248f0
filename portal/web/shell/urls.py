"""The shell's own addresses."""

from django.urls import path

from portal.web.shell import views

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("search/", views.find, name="search"),
    path("styleguide/", views.components, name="styleguide"),
]
