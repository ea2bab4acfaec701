"""Addresses of what anybody who gets a mail may open."""

app_name = "mail"
urlpatterns: list[object] = []
