"""Addresses of the catalogue."""

from django.urls import path

from portal.web.catalogue import views

urlpatterns = [
    path("catalogue/", views.overview, name="catalogue"),
    path(
        "catalogue/specifications/<str:digest>/",
        views.specification,
        name="catalogue-specification",
    ),
    path("catalogue/<slug:plural>/", views.kind_list, name="catalogue-kind"),
    path("catalogue/<slug:plural>/<str:slug>/", views.detail, name="catalogue-detail"),
]
