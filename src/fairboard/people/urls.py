"""Addresses of sign-up, sign-in and the member's account."""

from django.urls import include, path

from fairboard.people import views

urlpatterns = [
    path("", views.home, name="people_home"),
    path("members", views.member_list, name="people_members"),
    path("link/<str:token>", views.link, name="people_link"),
    path("", include("allauth.urls")),
]
