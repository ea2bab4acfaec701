"""Django application of the safety room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig

PARTS = (
    "events_decisions",
    "laundering",
    "receivers_banks",
    "receivers_duties",
    "receivers_members",
    "receivers_networks",
    "tasks_decisions",
    "tasks_networks",
    "tasks_evidence",
    "tasks_orders",
    "tasks_photos",
    "tasks_reporting",
    "tasks_rules",
    "tasks_samples",
    "tasks_takedowns",
    "tasks_traders",
)
"""Modules that register parts of the gate, tasks and receivers, beside those every room has."""


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"

    def ready(self) -> None:
        """Connect what each subject of the room adds to the gate and to the background."""
        super().ready()
        for part in PARTS:
            import_module(f"fairboard.safety.{part}")
