"""What the marketing room listens to: decisions of the desk on mailings, and a fresh database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.crm import automation_mail, hooks
from fairboard.crm.queries import plain
from fairboard.crm.services import firing
from fairboard.crm.services.correspondence import on_answer
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.rooms import has_tables
from fairboard.marketing import audience_journeys, audience_records, audience_segments, campaign_part, incoming
from fairboard.marketing.models import Segment
from fairboard.marketing.queries.mailings import describe
from fairboard.marketing.services import (
    automation_mails,
    feedback,
    form_taking,
    journey_entries,
    mailings,
    scoring,
    segments,
)
from fairboard.marketing.services.topics import install
from fairboard.safety import registry
from fairboard.safety.signals import decision_made
from fairboard.talk import relay

PARTS = (campaign_part,)
"""Modules that put a part on records' pages: imported so that they do."""
AUDIENCES = (audience_records, audience_segments, audience_journeys)
"""Modules that bring kinds of audience: imported so that they are known."""


class MailingHandler:
    """How the desk asks about mailings."""

    describe = staticmethod(describe)


registry.register("mailing", MailingHandler())
automation_mail.offer(automation_mails.MailRoom())
hooks.on_written(scoring.follow)
hooks.on_written(segments.follow)
hooks.on_written(journey_entries.on_written)
segments.on_change(journey_entries.on_segment)


@segments.on_change
def set_off_segments(segment: Segment, entered: Sequence[int], left: Sequence[int], at: datetime) -> None:
    """Set off automations for who comes into a segment or leaves it; a segment that is filled at once sets off none."""
    for kind, pks in (("segment_entered", entered), ("segment_left", left)):
        for record_id in plain.ids_of(pks, segment.type_key).values() if len(pks) <= segments.CHUNK else ():
            firing.fire(kind=kind, record_id=record_id, data={"of": segment.public_id}, at=at)


@form_taking.on_sent
def set_off_forms(form_id: str, record_id: str, at: datetime) -> None:
    """Set off automations for what was sent through a form."""
    firing.fire(kind="form", record_id=record_id, data={"of": form_id}, at=at)


@on_answer
def note_answer(named: list[str], at: datetime) -> None:
    """Count an answer to a mailing."""
    feedback.replied(message_ids=named, at=at)


relay.take_in(incoming.domain, incoming.MailIn())


@receiver(decision_made)
def carry_out(sender: object, *, decision: Any, **rest: Any) -> None:
    """Let a mailing go out or stop it, in the decision's transaction."""
    if decision.subject_kind == "mailing":
        mailings.decide(
            mailing_id=decision.subject_id, submission_id=decision.submission_id, outcome=decision.outcome,
            actor=Actor.system("desk"), at=decision.at,
        )  # fmt: skip


@receiver(post_migrate)
def fill_topics(sender: Any, **rest: Any) -> None:
    """A database that was just made gets the topics one begins with."""
    if getattr(sender, "label", "") != "marketing":
        return
    if has_tables("marketing_topic", "ledger_event"):
        install(at=clock.now())
