"""Hash banks as their keepers read them: sizes, matches, hashes. Photos are never shown here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils.dateparse import parse_datetime

from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety.models import Bank, BankEntry, BankMatch
from fairboard.safety.queries.access import visible_submissions
from fairboard.safety.queries.rules import may_know_figures
from fairboard.screening import policies
from fairboard.screening.banks.entries import Entry, Kind


@dataclass(frozen=True, slots=True)
class BankRow:
    """A bank; figures of matches are of 30 days, None where the reader may not know them."""

    id: str
    name: str
    kind: str
    policy: str
    policy_name: str
    action: str
    source: str
    enabled: bool
    most_per_hour: int
    quarantined_at: datetime | None
    quarantined_why: str
    entries: int
    set_aside: int
    matches: int | None
    upheld: int | None
    overturned: int | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A hash of a bank."""

    value: str
    metadata: dict[str, Any]
    added_at: datetime
    removed_at: datetime | None
    quarantined_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match; the submission is named by its id only."""

    value: str
    metadata: dict[str, Any]
    submission_id: str
    subject_kind: str
    subject_id: str
    distance: int
    outcome: str
    at: datetime


def banks(*, actor: Actor, at: datetime) -> list[BankRow]:
    """Every bank by name; raises Forbidden."""
    _may(actor)
    kept = Bank.objects.order_by("name").annotate(
        held=Count("entries", filter=Q(entries__removed_at__isnull=True)),
        aside=Count("entries", filter=Q(entries__quarantined_at__isnull=False, entries__removed_at__isnull=True)),
    )
    return [_row(one, actor, at) for one in kept]


def bank(*, bank_id: str, actor: Actor, at: datetime) -> BankRow:
    """One bank; raises Forbidden, NotFound."""
    found = next((one for one in banks(actor=actor, at=at) if one.id == bank_id), None)
    if found is None:
        raise NotFound
    return found


def entries(*, bank_id: str, actor: Actor, sought: str = "", cursor: str = "", size: int = 50) -> Page[EntryRow]:
    """The hashes of a bank, the last added first, those beginning so where ``sought`` is given; raises Forbidden."""
    _may(actor)
    found = BankEntry.objects.filter(bank__public_id=bank_id).order_by("-pk")
    if sought:
        found = found.filter(value__startswith=sought.strip().lower()[:64])
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    shown = [EntryRow(one.value, one.metadata, one.added_at, one.removed_at, one.quarantined_at) for one in rows[:size]]
    return Page(shown, next_cursor=more)


def matches(*, bank_id: str, actor: Actor) -> list[MatchRow]:
    """The last matches of a bank that the actor may know of; raises Forbidden."""
    _may(actor)
    found = BankMatch.objects.select_related("entry__bank", "submission").filter(entry__bank__public_id=bank_id)
    found = found.filter(submission__in=visible_submissions(actor)).order_by("-pk")[:50]
    return [
        MatchRow(
            one.entry.value, one.entry.metadata, one.submission.public_id, one.submission.kind,
            one.submission.subject_id, one.distance, one.outcome, one.at,
        )
        for one in found
        if may_know_figures(one.entry.bank.policy, actor)
    ]  # fmt: skip


def exported(*, bank_id: str, actor: Actor) -> Iterator[Entry]:
    """Every hash of a bank with what its list says of it; one with several references once for each.

    Those of one reference follow each other, as NCMEC's form wants them. Raises Forbidden.
    """
    _may(actor)
    kept = BankEntry.objects.filter(bank__public_id=bank_id, removed_at__isnull=True)
    kept = kept.annotate(reference=F("references__value")).order_by("reference", "pk")
    wanted = kept.values_list("bank__kind", "value", "metadata", "reference", "added_at")
    for kind, value, said, reference, added_at in wanted.iterator():
        moment = parse_datetime(said["added"]) if said.get("added") else None
        yield Entry(
            Kind(kind), value, said.get("source", ""), reference or said.get("reference", ""),
            tuple(said.get("labels", "").split()), said.get("classification", ""), moment or added_at,
        )  # fmt: skip


def _row(one: Bank, actor: Actor, at: datetime) -> BankRow:
    figures: dict[str, int | None] = {"matches": None, "upheld": None, "overturned": None}
    if may_know_figures(one.policy, actor):
        recent = BankMatch.objects.filter(entry__bank=one, at__gt=at - timedelta(days=30))
        figures = recent.aggregate(
            matches=Count("pk"), upheld=Count("pk", filter=Q(outcome="upheld")),
            overturned=Count("pk", filter=Q(outcome="overturned")),
        )  # fmt: skip
    known = policies().get(one.policy)
    return BankRow(
        one.public_id, one.name, one.kind, one.policy, known.name if known else one.policy, one.action, one.source,
        one.enabled, one.most_per_hour, one.quarantined_at, one.quarantined_why, one.held, one.aside, **figures,  # type: ignore[attr-defined]
    )  # fmt: skip


def _may(actor: Actor) -> None:
    if not actor.can("banks.manage"):
        raise Forbidden
