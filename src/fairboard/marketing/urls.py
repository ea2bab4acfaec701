"""Addresses of the marketing console."""

app_name = "marketing"
urlpatterns: list[object] = []
