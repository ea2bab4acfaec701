"""Addresses of the home page, the information pages and health."""

from django.urls import path

from fairboard.web import views

app_name = "web"
urlpatterns = [
    path("health", views.health, name="health"),
]
