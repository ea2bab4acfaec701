"""Django application of the people room."""

from fairboard.kit.rooms import RoomConfig


class PeopleConfig(RoomConfig):
    """Registers the room with Django."""

    name = "fairboard.people"
    label = "people"
