"""Addresses of sign-up, sign-in and the member's account."""

from django.urls import include, path

from fairboard.people import views, views_own_data

urlpatterns = [
    path("", views.home, name="people_home"),
    path("settings", views_own_data.settings, name="people_settings"),
    path("data", views_own_data.own, name="people_own_data"),
    path("data/copy", views_own_data.ask_copy, name="people_ask_copy"),
    path("data/copy/<slug:request_id>", views_own_data.download, name="people_download"),
    path("data/erase", views_own_data.erase, name="people_erase"),
    path("members", views.member_list, name="people_members"),
    path("link/<str:token>", views.link, name="people_link"),
    path("", include("allauth.urls")),
]
