"""Addresses of sign-up, sign-in and the member's account."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
