"""Consents: what holds for an address, and its whole history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden
from fairboard.marketing import addresses, tokens
from fairboard.marketing.models import ConfirmLink, Consent, ConsentNow, Delivery, Topic
from fairboard.marketing.queries.among import among
from fairboard.marketing.queries.suppressions import suppressed


@dataclass(frozen=True, slots=True)
class TopicRow:
    """What one may agree to hear about, in the words that are shown."""

    key: str
    name: str
    description: str
    wording: str
    wording_version: int
    is_archived: bool


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One change of a consent with its proof."""

    id: str
    address: str
    topic: str
    channel: str
    state: str
    at: datetime
    source: str
    wording: str
    wording_version: int
    proof: dict[str, Any]
    by: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What an address's own page shows: each topic with whether it is on; ``address`` is masked."""

    digest: str
    address: str
    topics: tuple[tuple[TopicRow, bool], ...]
    is_off: bool


def topics(*, archived: bool = False) -> list[TopicRow]:
    """The topics, in their order."""
    found = Topic.objects.order_by("position", "pk")
    rows = found if archived else found.filter(archived_at=None)
    return [_topic(one) for one in rows]


def topic(key: str) -> TopicRow | None:
    """One topic."""
    found = Topic.objects.filter(key=key).first()
    return _topic(found) if found else None


def _topic(one: Topic) -> TopicRow:
    return TopicRow(
        one.key, one.name, one.description, one.wording, one.wording_version, one.archived_at is not None
    )  # fmt: skip


def states(*, digests: Sequence[str], topic: str, channel: str = "mail") -> dict[str, str]:
    """What holds for each of many keyed hashes that said anything about a topic: asked, given or withdrawn."""
    if not digests:
        return {}
    how, values = among(digests)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT digest, state FROM marketing_consentnow WHERE digest {how} AND topic = %s AND channel = %s",
            [values, topic, channel],
        )
        return dict(cursor.fetchall())


def states_of(digest: str) -> dict[str, str]:
    """What holds now for an address, by topic, of the mail channel."""
    return dict(ConsentNow.objects.filter(digest=digest, channel="mail").values_list("topic", "state"))


def preferences(token: str) -> Preferences | None:
    """The page an address's own link opens; None of a link that is not ours."""
    digest = tokens.read_address(token)
    if not digest:
        return None
    now = states_of(digest)
    rows = tuple((one, now.get(one.key) == "given") for one in topics())
    return Preferences(digest, addresses.masked(address_of(digest)), rows, bool(suppressed([digest])))


def address_of(digest: str) -> str:
    """The address behind a keyed hash, where one is still kept; "" otherwise."""
    for model in (Consent, Delivery, ConfirmLink):
        found = model.objects.filter(digest=digest).order_by("-pk").values_list("address", flat=True).first()
        if found:
            return str(found)
    return ""


def confirm_link(token: str, at: datetime) -> ConfirmLink | None:
    """The open link a token names; None when it was used, is too old or is not ours."""
    named = tokens.read_delivery(tokens.CONFIRM, token)
    if named is None:
        return None
    return ConfirmLink.objects.filter(pk=named.delivery, used_at=None, expires_at__gt=at).first()


@lru_cache(maxsize=1)
def schema() -> Schema:
    """What consents can be filtered by."""
    states = (Choice("asked", "Asked"), Choice("given", "Given"), Choice("withdrawn", "Withdrawn"))
    return Schema(
        {
            "address": Column(FieldSpec("address", "Address", "text"), "marketing_consent.address"),
            "topic": Column(FieldSpec("topic", "Topic", "text"), "marketing_consent.topic"),
            "state": Column(FieldSpec("state", "State", "choice", choices=states), "marketing_consent.state"),
            "source": Column(FieldSpec("source", "Source", "text"), "marketing_consent.source"),
            "on": Column(FieldSpec("on", "Date", "date"), day_of("marketing_consent.at")),
        }
    )


def history(
    *, actor: Actor, tree: Node | None = None, address: str = "", cursor: str = "", size: int = 50
) -> Page[ConsentRow]:  # fmt: skip
    """Every change, newest first; with ``address`` those of one address. Raises Forbidden, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    found = narrowed(Consent.objects.order_by("-pk"), tree, schema())
    if address:
        found = found.filter(digest=addresses.digest(address) or "-")
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one) for one in rows[:size]], next_cursor=more)


def _row(one: Consent) -> ConsentRow:
    return ConsentRow(
        one.public_id, one.address, one.topic, one.channel, one.state, one.at, one.source, one.wording,
        one.wording_version, dict(one.proof), one.by,
    )  # fmt: skip
