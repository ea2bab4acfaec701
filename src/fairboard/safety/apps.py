"""Django application of the safety room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"

    def ready(self) -> None:
        """Connect what each subject of the room adds to the gate and to the background."""
        super().ready()
        import_module("fairboard.safety.tasks_rules")
        import_module("fairboard.safety.parts").register(import_module("fairboard.safety.bank_gate").PART)
