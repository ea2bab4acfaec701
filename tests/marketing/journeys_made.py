"""Journeys other tests are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fairboard.crm.queries.records import RecordRow
from fairboard.crm.services.records import create_record
from fairboard.marketing.models import JourneyRun
from fairboard.marketing.services import journey_running, journeys
from tests.marketing import made
from tests.marketing.made import OPERATOR


def contact(at: datetime, name: str, **values: Any) -> RecordRow:
    """A contact with an address of its own."""
    values = {"last_name": name, "email": f"{name.lower()}@example.org", **values}
    return create_record(actor=OPERATOR, type_key="contact", values=values, at=at)


def step(kind: str, key: str, **more: Any) -> dict[str, Any]:
    """A step of a journey."""
    return {"key": key, "kind": kind, **more}


def mail(key: str, at: datetime, subject: str = "News for you") -> dict[str, Any]:
    """A mail step with a template of its own."""
    return step("mail", key, template=made.wrote_template(at, subject=subject))


def wait(key: str, amount: int = 1, unit: str = "days") -> dict[str, Any]:
    """A wait of so long."""
    return step("wait", key, mode="duration", amount=amount, unit=unit)


def live(at: datetime, steps: Sequence[Mapping[str, Any]], *, type_key: str = "contact", **settings: Any) -> str:
    """A journey that is live; nothing is quiet and everybody may be written to unless told otherwise."""
    one = journeys.create_journey(name="Welcome", type_key=type_key, actor=OPERATOR, at=at)
    content = {"topic": "news", "basis": "customer", "quiet_from": None, "quiet_to": None, "steps": list(steps)}
    journeys.replace_draft(journey_id=one, content={**content, **settings}, actor=OPERATOR, at=at)
    started = journeys.put_live(journey_id=one, actor=OPERATOR, at=at)
    assert started.is_live, started
    return one


def add(journey_id: str, at: datetime, *rows: RecordRow) -> int:
    """Put people on it."""
    return journeys.add_people(journey_id=journey_id, record_ids=[one.id for one in rows], actor=OPERATOR, at=at)


def go(at: datetime) -> None:
    """Everybody moves on, their mails go out, and everybody moves on again."""
    journey_running.tick(at=at)
    made.run(at)
    journey_running.tick(at=made.later(at, minutes=2))


def run(row: RecordRow) -> JourneyRun:
    """The latest run of somebody."""
    found = JourneyRun.objects.filter(record_id=row.pk).order_by("-round").first()
    assert found is not None
    return found
