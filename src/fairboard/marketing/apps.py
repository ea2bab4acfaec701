"""Django application of the marketing room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class MarketingConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.marketing"
    label = "marketing"

    def ready(self) -> None:
        """Take part in copies and erasures."""
        super().ready()
        import_module("fairboard.marketing.receivers_people")
