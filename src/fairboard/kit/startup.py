"""Starting Django for a command that needs it, once, and only then."""

import os

import django
from django.apps import apps


def start() -> None:
    """Load settings and rooms; raises ImproperlyConfigured naming every missing setting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairboard.settings")
    if not apps.ready:
        django.setup()
