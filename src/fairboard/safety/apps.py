"""Django application of the safety room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"

    def ready(self) -> None:
        """Start the room, then the files of it that are registered by being imported."""
        super().ready()
        for part in (
            "events_decisions",
            "laundering",
            "tasks_decisions",
        ):
            import_module(f"{self.name}.{part}")
