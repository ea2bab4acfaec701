"""Django application of the CRM."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig

PARTS: tuple[str, ...] = (
    "timeline_part",
    "receivers_market",
    "tasks_mail",
    "receivers_search",
    "tasks_lists",
    "tasks_api",
    "tasks_automations",
    "services.activities",
    "services.stages",
    "services.retyping",
    "services.territories",
    "tasks_activities",
    "tasks_setup",
    "receivers_data",
    "receivers_people",
    "tasks_data",
    "receivers_reports",
    "tasks_reports",
)
"""Receivers and tasks in files of their own: each subject adds its line."""


class CrmConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.crm"
    label = "crm"

    def ready(self) -> None:
        """Declare events, register tasks, connect receivers."""
        super().ready()
        for part in PARTS:
            import_module(f"fairboard.crm.{part}")
