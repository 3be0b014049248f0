"""Addresses of the catalogue."""

from django.urls import path

from portal.web.catalogue import listing, views

urlpatterns = [
    path("catalogue/", views.overview, name="catalogue"),
    path(
        "catalogue/specifications/<str:digest>/",
        views.specification,
        name="catalogue-specification",
    ),
    path("catalogue/export/<slug:plural>/", listing.export, name="catalogue-export"),
    path("catalogue/<slug:plural>/", listing.kind_list, name="catalogue-kind"),
    path("catalogue/<slug:plural>/<str:slug>/", views.detail, name="catalogue-detail"),
]
