"""Addresses of the home page, the information pages and health."""

from django.urls import path

from fairboard.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("about", views.about, name="about"),
    path("safety", views.safety, name="safety"),
    path("rules", views.rules, name="rules"),
    path("privacy", views.privacy, name="privacy"),
    path("language", views.language, name="language"),
    path("health", views.health, name="health"),
]
