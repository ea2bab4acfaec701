"""Django application of the kit: its rows and its repeated tasks."""

from fairboard.kit.rooms import RoomConfig


class KitConfig(RoomConfig):
    """Registers the kit with Django."""

    default = True
    name = "fairboard.kit"
    label = "kit"
