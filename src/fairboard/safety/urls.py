"""Addresses of the safety room."""

from django.urls import URLPattern

app_name = "safety"
urlpatterns: list[URLPattern] = []
