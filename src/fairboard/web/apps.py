"""Django application of the web room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the room with Django."""

    name = "fairboard.web"
    label = "web"
