"""Addresses of the finance leader's figures and of the lists behind them."""

from django.urls import path

from portal.web.dashboards import views

urlpatterns = [
    path("dashboards/", views.dashboard, name="dashboards"),
    path("dashboards/<slug:slug>/", views.behind, name="dashboard-list"),
    path("dashboards/<slug:slug>/export/", views.export, name="dashboard-export"),
]
