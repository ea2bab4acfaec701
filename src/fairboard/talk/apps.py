"""Django application of the talk room."""

from fairboard.kit.rooms import RoomConfig


class TalkConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.talk"
    label = "talk"
