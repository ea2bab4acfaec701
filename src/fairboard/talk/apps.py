"""Django application of the talk room."""

from importlib import import_module

from fairboard.kit.rooms import RoomConfig


class TalkConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.talk"
    label = "talk"

    def ready(self) -> None:
        """Tell other rooms what talk knows of answers and members."""
        super().ready()
        import_module("fairboard.talk.receivers_people")
