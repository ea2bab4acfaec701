"""How a room starts: its event kinds, receivers and tasks are imported once Django is ready."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db import connection


class RoomConfig(AppConfig):
    """A Django application cut the way every room is cut."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare this room's event kinds, register its tasks and connect its receivers."""
        for part in ("events", "tasks", "receivers"):
            if find_spec(f"{self.name}.{part}"):
                import_module(f"{self.name}.{part}")


def has_tables(*names: str) -> bool:
    """Whether these tables are there: after a migration of some rooms, those of others may not be."""
    return set(names).issubset(connection.introspection.table_names())
