"""The suppression list: who is on it, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden
from fairboard.marketing import addresses
from fairboard.marketing.models import Suppression
from fairboard.marketing.queries.among import among
from fairboard.marketing.queries.rights import require_send


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """One reason an address is suppressed for; ``digest`` recognises the address, which is not kept."""

    id: str
    digest: str
    reason: str
    source: str
    detail: str
    at: datetime


@lru_cache(maxsize=1)
def schema() -> Schema:
    """What the list can be filtered by."""
    reasons = tuple(
        Choice(key, label)
        for key, label in (
            ("unsubscribe", "Unsubscribed"), ("bounce", "Bounced"), ("complaint", "Complained"),
            ("manual", "By hand"), ("hold", "On hold"), ("import", "Brought in"),
        )
    )  # fmt: skip
    return Schema(
        {
            "reason": Column(FieldSpec("reason", "Reason", "choice", choices=reasons), "marketing_suppression.reason"),
            "source": Column(FieldSpec("source", "Source", "text"), "marketing_suppression.source"),
            "since": Column(FieldSpec("since", "Since", "date"), day_of("marketing_suppression.at")),
        }
    )


def suppressed(digests: Sequence[str]) -> set[str]:
    """Those of the keyed hashes that are on the list, for any reason."""
    if not digests:
        return set()
    how, values = among(digests)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT digest FROM marketing_suppression WHERE digest {how}", [values])
        return {row[0] for row in cursor.fetchall()}


def suppressions(
    *, actor: Actor, tree: Node | None = None, address: str = "", cursor: str = "", size: int = 50
) -> Page[SuppressionRow]:  # fmt: skip
    """The list, newest first; with ``address`` the reasons of that one. Raises Forbidden, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    found = narrowed(Suppression.objects.order_by("-pk"), tree, schema())
    if address:
        found = found.filter(digest=addresses.digest(address) or "-")
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one) for one in rows[:size]], next_cursor=more)


def all_rows(*, actor: Actor) -> Iterator[SuppressionRow]:
    """Every row, oldest first, for the export; raises Forbidden."""
    require_send(actor)
    for one in Suppression.objects.order_by("pk").iterator(2_000):
        yield _row(one)


def _row(one: Suppression) -> SuppressionRow:
    return SuppressionRow(one.public_id, one.digest, one.reason, one.source, one.detail, one.at)
