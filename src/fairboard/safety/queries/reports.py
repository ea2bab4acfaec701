"""Reports to the CyberTipline as the desk sees them, and which are not delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import Q, QuerySet

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety.models import Report, Step

SLOW = timedelta(minutes=10)
"""How long a report may be on its way before that is said at the top of the desk."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list. ``service_id`` is the number the service gave it when it was finished."""

    id: str
    case_id: str
    state: str
    incident_type: str
    known_at: datetime
    created_at: datetime
    approved_at: datetime | None
    finished_at: datetime | None
    service_id: str
    tries: int
    next_try_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One request to the service; ``outcome`` is empty while nothing is known of it."""

    attempt: int
    attempt_state: str
    service_id: str
    kind: str
    file_name: str
    began_at: datetime
    ended_at: datetime | None
    outcome: str
    code: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report with its choices, its evidence and every step there was."""

    report: ReportRow
    note: str
    high_priority: str
    with_photos: bool
    photos_viewed: bool
    evidence_id: str
    sent_id: str
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What the top of the desk says: that something is not delivered, and to those who may know, what."""

    is_any: bool
    reports: tuple[ReportRow, ...]


@lru_cache(maxsize=1)
def report_schema() -> Schema:
    """What reports can be filtered by."""
    states = (
        Choice("draft", "Draft"), Choice("sending", "On its way"), Choice("failed", "Not delivered"),
        Choice("finished", "Delivered"), Choice("checked", "Checked only, not sent"),
        Choice("retracting", "Being taken back"), Choice("retracted", "Taken back"), Choice("discarded", "Discarded"),
    )  # fmt: skip
    return Schema(
        {
            "state": Column(FieldSpec("state", "State", "choice", choices=states), "safety_report.state"),
            "created": Column(FieldSpec("created", "Begun", "date"), day_of("safety_report.created_at")),
            "finished": Column(FieldSpec("finished", "Delivered", "date"), day_of("safety_report.finished_at")),
        }
    )


def visible_reports(actor: Actor) -> "QuerySet[Report]":
    """The reports an actor may know of: child safety and reporting are permissions of their own."""
    if not (actor.can("reports.send") and actor.can("desk.child")):
        return Report.objects.none()
    return Report.objects.all()


def reports(*, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 30) -> Page[ReportRow]:
    """Reports of a filter, the newest first; raises Forbidden."""
    if not actor.can("reports.send"):
        raise Forbidden
    found = narrowed(visible_reports(actor).select_related("case").order_by("-pk"), tree, report_schema())
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one) for one in rows[:size]], next_cursor=more)


def report_page(*, report_id: str, actor: Actor) -> ReportPage:
    """One report with every step; raises Forbidden, NotFound."""
    if not actor.can("reports.send"):
        raise Forbidden
    found = visible_reports(actor).select_related("case", "evidence", "sent").filter(public_id=report_id).first()
    if found is None:
        raise NotFound
    steps = Step.objects.filter(attempt__report=found).select_related("attempt").order_by("pk")
    return ReportPage(
        _row(found), found.note, found.high_priority, found.with_photos, found.photos_viewed,
        found.evidence.public_id, found.sent.public_id if found.sent else "",
        tuple(
            StepRow(
                one.attempt.number, one.attempt.state, one.attempt.service_id, one.kind,
                one.file_name.removeprefix("photos/"), one.began_at, one.ended_at, one.outcome, one.code, one.detail,
            )
            for one in steps
        ),
    )  # fmt: skip


def reports_of(*, case_id: str, actor: Actor) -> list[ReportRow]:
    """The reports about a case, the newest first; none for who may not know of them."""
    found = visible_reports(actor).filter(case__public_id=case_id)
    return [_row(one) for one in found.select_related("case").order_by("-pk")]


def undelivered(*, actor: Actor, at: datetime) -> Undelivered:
    """What is not delivered and should be: failed, in trouble, or on its way for too long.

    Somebody of the desk without child safety learns that there is something, so that it is not silent, and no more.
    """
    if not actor.can("desk.view"):
        return Undelivered(False, ())
    trouble = Q(state="failed") | (
        Q(state__in=["sending", "retracting"]) & (~Q(last_error="") | Q(approved_at__lt=at - SLOW))
    )
    rows = [_row(one) for one in Report.objects.filter(trouble).select_related("case").order_by("known_at")[:50]]
    if not (actor.can("reports.send") and actor.can("desk.child")):
        return Undelivered(bool(rows), ())
    return Undelivered(bool(rows), tuple(rows))


def _row(one: Report) -> ReportRow:
    return ReportRow(
        one.public_id, one.case.public_id, one.state, one.incident_type, one.known_at, one.created_at,
        one.approved_at, one.finished_at, one.service_id, one.tries, one.next_try_at, one.last_error,
    )  # fmt: skip
