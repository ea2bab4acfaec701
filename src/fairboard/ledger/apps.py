"""Django application of the ledger room."""

from fairboard.kit.rooms import RoomConfig


class LedgerConfig(RoomConfig):
    """Registers the room with Django."""

    default = True
    name = "fairboard.ledger"
    label = "ledger"
