"""Signing up and in over the API, by django-allauth's headless half; its description is at `openapi.json` there."""

from allauth.headless.constants import Client
from django.urls import include, path

from fairboard.people.views import JoinView

urlpatterns = [
    path("app/v1/auth/signup", JoinView.as_api_view(client=Client.APP)),  # the library's, with the member's name
    path("", include("allauth.headless.urls")),
]
