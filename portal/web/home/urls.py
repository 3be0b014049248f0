"""Home."""

from django.urls import path

from portal.web.home import views

urlpatterns = [path("", views.home, name="home")]
