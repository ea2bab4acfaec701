"""The CRM: what tests make."""

from datetime import datetime
from typing import Any

from fairboard.crm.queries.records import RecordRow
from fairboard.crm.services.records import create_record
from fairboard.kit.actors import Actor


def made(actor: Actor, at: datetime, key: str, /, **values: Any) -> RecordRow:
    """A record of a type with these values."""
    return create_record(type_key=key, values=values, actor=actor, at=at)
