"""Django application of the safety room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"

    def ready(self) -> None:
        """Load the room, then the parts of it that are found by nobody else."""
        super().ready()
        import_module("fairboard.safety.tasks_orders")
        import_module("fairboard.safety.tasks_takedowns")
        import_module("fairboard.safety.tasks_traders")
        import_module("fairboard.safety.tasks_samples")
        import_module("fairboard.safety.receivers_duties")
