"""What load balancers and supervisors ask; no sign-in, and nothing that one would need it for."""

from django.urls import path

from portal.web.health import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
]
