"""Addresses of the exception queue."""

from django.urls import path

from portal.web.queue import exporting, moving, views

urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/export/", exporting.export, name="queue-export"),
    path("queue/problems/<str:fingerprint>/", views.problem, name="queue-problem"),
    path(
        "queue/problems/<str:fingerprint>/<slug:name>/",
        moving.problem_move,
        name="queue-problem-move",
    ),
    path("queue/cases/<int:pk>/", views.case, name="case"),
    path("queue/cases/<int:pk>/check/<slug:name>/", moving.check, name="case-check"),
    path("queue/cases/<int:pk>/<slug:name>/", moving.case_move, name="case-move"),
]
