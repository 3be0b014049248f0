"""The shell's own addresses."""

from django.urls import path

from portal.web.shell import saved, views

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("search/", views.find, name="search"),
    path("views/", saved.views, name="views"),
    path("views/save/", saved.save, name="view-save"),
    path("views/<int:pk>/", saved.change, name="view-change"),
    path("styleguide/", views.components, name="styleguide"),
]
