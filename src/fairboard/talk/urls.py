"""Addresses of the talk room."""

from django.urls import path

from fairboard.talk import views

app_name = "talk"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("about/<slug:ad_id>", views.reply, name="reply"),
    path("<slug:conversation_id>", views.conversation, name="conversation"),
]
