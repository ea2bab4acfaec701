"""What the marketing room listens to: decisions of the desk on mailings, and a fresh database."""

from typing import Any

from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.crm import hooks
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.marketing import audience_journeys, audience_records, audience_segments, incoming
from fairboard.marketing.queries.mailings import describe
from fairboard.marketing.services import journey_entries, mailings, scoring, segments
from fairboard.marketing.services.topics import install
from fairboard.safety import registry
from fairboard.safety.signals import decision_made
from fairboard.talk import relay

AUDIENCES = (audience_records, audience_segments, audience_journeys)
"""Modules that bring kinds of audience: imported so that they are known."""


class MailingHandler:
    """How the desk asks about mailings."""

    describe = staticmethod(describe)


registry.register("mailing", MailingHandler())
hooks.on_written(scoring.follow)
hooks.on_written(segments.follow)
hooks.on_written(journey_entries.on_written)
segments.on_change(journey_entries.on_segment)
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
    if {"marketing_topic", "ledger_event"}.issubset(connection.introspection.table_names()):
        install(at=clock.now())
