"""The CRM: what tests make."""

from datetime import datetime
from typing import Any

from fairboard.crm.queries.records import RecordRow
from fairboard.crm.services.records import create_record
from fairboard.kit.actors import Actor


def made(actor: Actor, at: datetime, key: str, /, **values: Any) -> RecordRow:
    """A record of a type with these values; an account is a person's unless ``record_type`` says otherwise."""
    variant = values.pop("record_type", "person" if key == "account" else None)
    return create_record(type_key=key, values=values, actor=actor, at=at, record_type=variant)
