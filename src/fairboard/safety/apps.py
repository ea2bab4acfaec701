"""Django application of the safety room."""

from fairboard.kit.rooms import RoomConfig


class SafetyConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.safety"
    label = "safety"

    def ready(self) -> None:
        """Make the parts of the gate known, beside what every room does."""
        super().ready()
        from fairboard.safety import networks, parts, signals, tasks_networks  # noqa: PLC0415, models are there now

        assert tasks_networks  # loading it registers its task
        parts.register(networks.PART)
        signals.decision_made.connect(networks.note_decision)
