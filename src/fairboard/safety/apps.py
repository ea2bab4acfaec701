"""Django application of the safety room."""

from fairboard.kit.rooms import RoomConfig


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"
