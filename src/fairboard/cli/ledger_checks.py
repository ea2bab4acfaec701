"""What `fairboard doctor` looks at for the ledger."""

from datetime import timedelta

from django.conf import settings
from django.db import connection

from fairboard.kit import clock
from fairboard.ledger import queries, timestamps

LATE = timedelta(hours=1)
"""How long a seal may wait for a timestamp: the worker asks every five minutes."""


def timestamp() -> str:
    """Whether the authority signs and how far its timestamps reach; raises NotStamped, RuntimeError when late."""
    if not settings.TIMESTAMP_URL:
        return "seals are not timestamped (FAIRBOARD_TIMESTAMP_URL is not set)"
    certificates = timestamps.trusted(settings.TIMESTAMP_CERTIFICATES)
    timestamps.ask(settings.TIMESTAMP_URL, b"fairboard doctor", certificates)
    said = f"{settings.TIMESTAMP_URL} signs" + ("" if certificates else ", its signature is not checked")
    if "ledger_sealtimestamp" not in connection.introspection.table_names():
        return said  # the migrations are waiting: said by their own line
    state = queries.stamped_state()
    if state.stamped_at is None:
        return f"{said}, no seal has a timestamp yet"
    if state.behind_since and clock.now() - state.behind_since > LATE:
        raise RuntimeError(f"{said}, but seals since {state.behind_since:%Y-%m-%d %H:%M} UTC have no timestamp")
    return f"{said}, seal {state.seal} at {state.stamped_at:%Y-%m-%d %H:%M} UTC"
