"""Django application of the safety room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"

    def ready(self) -> None:
        """Also register the tasks of evidence and reports."""
        super().ready()
        for part in ("tasks_evidence", "tasks_reporting"):
            import_module(f"{self.name}.{part}")
