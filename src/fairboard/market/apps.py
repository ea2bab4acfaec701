"""Django application of the market room."""

from fairboard.kit.rooms import RoomConfig


class MarketConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.market"
    label = "market"
