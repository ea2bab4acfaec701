"""The records of reporters, and trusted flaggers with the figures of their yearly report."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from fairboard.fields import FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.people.queries import member_by_id
from fairboard.safety import reporters
from fairboard.safety.models import Case, Decision, FlaggerMember, Notice, Reporter, TrustedFlagger


@dataclass(frozen=True, slots=True)
class ReporterRow:
    """The record of a reporter; ``percent`` is how likely the next report holds, ``state`` good, warned or muted."""

    id: str
    member_id: str
    name: str
    filed: int
    upheld: int
    dismissed: int
    percent: int
    weight: int
    state: str
    is_misuse: bool
    warned_at: datetime | None
    muted_until: datetime | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class FlaggerRow:
    """A trusted flagger; ``members`` are the ids of who reports for it."""

    id: str
    name: str
    contact: str
    areas: tuple[str, ...]
    state: str
    awarded_by: str
    award: str
    at: datetime
    members: tuple[str, ...]
    open_notices: int


@dataclass(frozen=True, slots=True)
class FlaggerFigures:
    """A flagger's notices of a year (DSA article 22(3)): how many, by kind, what became of them, hours to decide."""

    year: int
    filed: int
    by_kind: dict[str, int]
    upheld: int
    dismissed: int
    open: int
    median_hours: float | None


@lru_cache(maxsize=1)
def reporter_schema() -> Schema:
    """What the list of reporters can be filtered by."""
    specs = (
        FieldSpec("dismissed", "Reports that did not hold", "number"),
        FieldSpec("upheld", "Reports that held", "number"),
        FieldSpec("filed", "Reports", "number"),
    )
    return Schema({spec.key: Column(spec, f"safety_reporter.{spec.key}") for spec in specs})


def reporter_list(
    *, actor: Actor, tree: Node | None, at: datetime, cursor: str = "", size: int = 30
) -> Page[ReporterRow]:
    """Records of a filter, those with the most reports that did not hold first; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    found = narrowed(Reporter.objects.all(), tree, reporter_schema())
    if cursor:
        dismissed, pk = decode_cursor(cursor, [int, int])
        found = found.filter(Q(dismissed__lt=dismissed) | Q(dismissed=dismissed, pk__lt=pk))
    rows = list(found.order_by("-dismissed", "-pk")[: size + 1])
    more = encode_cursor(rows[size - 1].dismissed, rows[size - 1].pk) if len(rows) > size else ""
    return Page([_reporter(row, actor, at) for row in rows[:size]], next_cursor=more)


def records_for(*, case: Case, actor: Actor, at: datetime) -> dict[str, ReporterRow]:
    """The record of who sent each notice of a case, by the notice's public id; for the desk."""
    if not actor.can("desk.view") or (case.is_child and not actor.can("desk.child")):
        return {}
    found = Notice.objects.filter(case=case).exclude(record=None).select_related("record")
    return {one.public_id: _reporter(one.record, actor, at) for one in found if one.record}


def _reporter(row: Reporter, actor: Actor, at: datetime) -> ReporterRow:
    member = member_by_id(row.member_id, actor=actor) if row.member_id and actor.can("members.view") else None
    return ReporterRow(
        row.public_id, row.member_id, member.display_name if member else "", row.filed, row.upheld, row.dismissed,
        round(100 * reporters.chance(upheld=row.upheld, dismissed=row.dismissed)),
        reporters.weight(upheld=row.upheld, dismissed=row.dismissed),
        reporters.state(warned_at=row.warned_at, muted_until=row.muted_until, at=at),
        reporters.is_misuse(upheld=row.upheld, dismissed=row.dismissed), row.warned_at, row.muted_until, row.last_at,
    )  # fmt: skip


def flagger_list(*, actor: Actor) -> list[FlaggerRow]:
    """Every trusted flagger by name; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    return [_flagger(one, actor) for one in TrustedFlagger.objects.order_by("name")]


def flagger_row(*, flagger_id: str, actor: Actor) -> FlaggerRow:
    """One trusted flagger; raises Forbidden, NotFound."""
    return _flagger(_found(flagger_id, actor), actor)


def _found(flagger_id: str, actor: Actor) -> TrustedFlagger:
    if not actor.can("desk.view"):
        raise Forbidden
    found = TrustedFlagger.objects.filter(public_id=flagger_id).first()
    if found is None:
        raise NotFound
    return found


def _flagger(row: TrustedFlagger, actor: Actor) -> FlaggerRow:
    members = FlaggerMember.objects.filter(flagger=row).order_by("pk").values_list("member_id", flat=True)
    waiting = _notices(row, actor).filter(case__state="open").count()
    return FlaggerRow(
        row.public_id, row.name, row.contact, tuple(row.areas), row.state, row.awarded_by, row.award, row.at,
        tuple(members), waiting,
    )  # fmt: skip


def _notices(row: TrustedFlagger, actor: Actor) -> "QuerySet[Notice]":
    found = Notice.objects.filter(flagger=row)
    return found if actor.can("desk.child") else found.filter(case__is_child=False)


def flagger_figures(*, flagger_id: str, year: int, actor: Actor) -> FlaggerFigures:
    """The figures a trusted flagger's yearly report needs; raises Forbidden, NotFound."""
    row = _found(flagger_id, actor)
    year = min(max(year, 2000), 9998)
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    notices = list(_notices(row, actor).filter(at__gte=begin, at__lt=end).values_list("kind", "case_id", "at"))
    made = Decision.objects.filter(case__in={case for _kind, case, _at in notices}).order_by("pk")
    outcomes: dict[int | None, str] = {}
    first: dict[int | None, datetime] = {}
    for case, outcome, at in made.values_list("case_id", "outcome", "at"):
        outcomes[case] = outcome
        first.setdefault(case, at)
    by_kind: dict[str, int] = {}
    for kind, _case, _at in notices:
        by_kind[kind] = by_kind.get(kind, 0) + 1
    found = [outcomes.get(case) for _kind, case, _at in notices]
    hours = sorted((first[case] - at).total_seconds() / 3600 for _kind, case, at in notices if case in first)
    return FlaggerFigures(
        year, len(notices), by_kind, found.count("reject"), found.count("allow"),
        sum(one not in {"reject", "allow"} for one in found), round(_median(hours), 1) if hours else None,
    )  # fmt: skip


def _median(sorted_values: list[float]) -> float:
    middle = len(sorted_values) // 2
    return sorted_values[middle] if len(sorted_values) % 2 else sum(sorted_values[middle - 1 : middle + 1]) / 2
