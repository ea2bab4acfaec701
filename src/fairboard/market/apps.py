"""Django application of the market room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class MarketConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.market"
    label = "market"

    def ready(self) -> None:
        """Connect what the market does when members sign in or leave."""
        super().ready()
        import_module("fairboard.market.receivers_people")
