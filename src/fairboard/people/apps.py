"""Django application of the people room."""

from fairboard.kit.rooms import RoomConfig


class PeopleConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.people"
    label = "people"
