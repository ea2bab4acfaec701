"""Django application of the ui room."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the room with Django."""

    name = "fairboard.ui"
    label = "ui"
