"""Django application of the safety room."""

import logging
from importlib import import_module

from django.conf import settings

from fairboard.kit.rooms import RoomConfig
from fairboard.screening.pack import register_folder

log = logging.getLogger("fairboard.safety")

PARTS = (
    "events_decisions",
    "laundering",
    "receivers_banks",
    "receivers_duties",
    "receivers_members",
    "receivers_networks",
    "receivers_own_data",
    "tasks_decisions",
    "tasks_networks",
    "tasks_evidence",
    "tasks_orders",
    "tasks_photos",
    "tasks_packs",
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
        """Connect what each subject of the room adds to the gate and to the background; read the operator's packs."""
        super().ready()
        for faulty in register_folder(settings.PACKS_DIR) if settings.PACKS_DIR else ():
            log.error("a policy pack is left out: %s", faulty)
        for part in PARTS:
            import_module(f"fairboard.safety.{part}")
