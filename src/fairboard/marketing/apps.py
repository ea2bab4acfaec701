"""Django application of the marketing room."""

from fairboard.kit.rooms import RoomConfig


class MarketingConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.marketing"
    label = "marketing"
