"""Addresses of the audit: business transactions and the records behind them."""

from django.urls import path

from portal.web.transactions import views

urlpatterns = [
    path("audit/", views.search, name="audit"),
    path("audit/transactions/", views.search, name="transactions"),
    path("audit/transactions/<path:key>/", views.transaction, name="transaction"),
    path("audit/records/<int:pk>/", views.record, name="record"),
]
