"""Django application of the talk room."""

from fairboard.kit.rooms import RoomConfig


class TalkConfig(RoomConfig):
    """Registers the room with Django."""

    name = "fairboard.talk"
    label = "talk"
