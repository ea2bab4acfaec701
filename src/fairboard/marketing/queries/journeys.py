"""Journeys, read: the list, one with its figures, who is at a step, what somebody went through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from fairboard.crm.queries.records import names_of
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.marketing import graph
from fairboard.marketing.models import Journey, JourneyRun, JourneyStay, JourneyVersion, Mailing
from fairboard.marketing.queries import journey_checks as checks


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey in the list: how many people are on it, reached its goal, came in at all."""

    id: str
    name: str
    type_key: str
    state: str
    entry: str
    steps: int
    waiting: int
    goals: int
    total: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StepFigures:
    """How many people came to a step, wait there, went on, left there, reached the goal there."""

    entered: int = 0
    waiting: int = 0
    done: int = 0
    exited: int = 0
    goal: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: when it went live, how many people are on it, and in which states its mails are."""

    number: int
    made_at: datetime
    live_at: datetime | None
    waiting: int
    mails: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """One journey: its draft with what is wrong with it, its versions, and the figures of all versions by step."""

    row: JourneyRow
    draft: Mapping[str, Any]
    problems: Sequence[Mapping[str, str]]
    versions: Sequence[VersionRow]
    figures: Mapping[str, StepFigures]
    is_changed: bool
    ends: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunRow:
    """Somebody on a journey."""

    id: str
    record_id: str
    type_key: str
    name: str
    state: str
    step: str
    reason: str
    version: int
    round: int
    entered_at: datetime
    due_at: datetime
    ended_at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class StayRow:
    """Somebody's stay at a step, with the step as their version has it."""

    step: Mapping[str, Any]
    entered_at: datetime
    left_at: datetime | None
    outcome: str
    detail: str


def journeys(*, actor: Actor) -> list[JourneyRow]:
    """Every journey, those that are live first; raises Forbidden."""
    _may(actor)
    order = {"live": 0, "paused": 1, "draft": 2, "ended": 3}
    found = list(Journey.objects.order_by("-pk"))
    counts = _counts([one.pk for one in found])
    rows = [_row(one, counts.get(one.pk, {})) for one in found]
    return sorted(rows, key=lambda row: order[row.state])


def _counts(pks: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = JourneyRun.objects.filter(journey_id__in=pks).values_list("journey_id", "state").annotate(Count("pk"))
    for pk, state, count in rows.order_by("journey_id", "state"):
        found.setdefault(pk, {})[state] = count
    return found


def _row(one: Journey, counts: Mapping[str, int]) -> JourneyRow:
    steps = sum(1 for _step in graph.walked(one.draft.get("steps") or []))
    return JourneyRow(
        one.public_id, one.name, one.type_key, one.state, str((one.draft.get("entry") or {}).get("kind", "")), steps,
        counts.get("waiting", 0), counts.get("goal", 0), sum(counts.values()), one.updated_at,
    )  # fmt: skip


def journey_page(*, journey_id: str, actor: Actor) -> JourneyPage:
    """One journey with everything on its page; raises Forbidden, NotFound."""
    _may(actor)
    one = found(journey_id)
    live = one.live.content if one.live else {}
    counts = _counts([one.pk]).get(one.pk, {})
    return JourneyPage(
        _row(one, counts), one.draft, checks.problems(one.draft, type_key=one.type_key, actor=actor), _versions(one),
        figures(one.pk), {key: live.get(key) for key in one.draft} != one.draft, counts,
    )  # fmt: skip


def found(journey_id: str) -> Journey:
    """The row of a journey; raises NotFound."""
    one = Journey.objects.select_related("live").filter(public_id=journey_id).first()
    if one is None:
        raise NotFound
    return one


def _versions(one: Journey) -> list[VersionRow]:
    waiting = dict(
        JourneyRun.objects.filter(journey=one, state="waiting").values_list("version_id").annotate(Count("pk"))
        .order_by("version_id")
    )  # fmt: skip
    mails: dict[int, dict[str, int]] = {}
    for version, state in Mailing.objects.filter(journey_mail__version__journey=one, journey_mail__round=0).values_list(
        "journey_mail__version_id", "state"
    ):
        mails.setdefault(version, {}).setdefault(state, 0)
        mails[version][state] += 1
    return [
        VersionRow(each.number, each.made_at, each.live_at, waiting.get(each.pk, 0), mails.get(each.pk, {}))
        for each in one.versions.order_by("-number")
    ]


def figures(journey: int) -> dict[str, StepFigures]:
    """The figures of every step anybody was at, over all versions: a step keeps its key."""
    outcomes: dict[str, dict[str, int]] = {}
    versions = JourneyVersion.objects.filter(journey_id=journey)
    stays = JourneyStay.objects.filter(version__in=versions, left_at__isnull=False)
    for step, outcome, count in stays.values_list("step", "outcome").annotate(Count("pk")).order_by("step", "outcome"):
        outcomes.setdefault(step, {})[outcome] = count
    waiting = dict(
        JourneyRun.objects.filter(journey_id=journey, state="waiting").values_list("step").annotate(Count("pk"))
        .order_by("step")
    )  # fmt: skip
    made = {}
    for step in outcomes.keys() | waiting.keys():
        own = outcomes.get(step, {})
        exited = own.get("exited", 0) + own.get("failed", 0)
        total, stays_here = sum(own.values()), waiting.get(step, 0)
        made[step] = StepFigures(
            total + stays_here, stays_here, total - exited - own.get("goal", 0), exited, own.get("goal", 0), own
        )
    return made


def people(
    *, journey_id: str, actor: Actor, step: str = "", state: str = "", cursor: str = "", size: int = 50
) -> Page[RunRow]:  # fmt: skip
    """Who is or was on a journey, the latest first; those at a step, or in a state. Raises Forbidden, Invalid."""
    _may(actor)
    rows = JourneyRun.objects.filter(journey__public_id=journey_id).select_related("record", "version", "journey")
    if step:
        rows = rows.filter(step=step)
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    kept = list(rows.order_by("-pk")[: size + 1])
    more = encode_cursor(kept[size - 1].pk) if len(kept) > size else ""
    names = names_of(actor=actor, ids={one.record.public_id for one in kept[:size]})
    return Page([_run(one, names) for one in kept[:size] if one.record.public_id in names], next_cursor=more)


def _run(one: JourneyRun, names: Mapping[str, str]) -> RunRow:
    return RunRow(
        one.public_id, one.record.public_id, one.journey.type_key, names.get(one.record.public_id, ""), one.state,
        one.step, one.reason, one.version.number, one.round, one.entered_at, one.due_at, one.ended_at, one.source,
    )  # fmt: skip


def history(*, run_id: str, actor: Actor) -> tuple[RunRow, list[StayRow]]:
    """Somebody's way through a journey, in order; raises Forbidden, NotFound also for who may not be seen."""
    _may(actor)
    one = JourneyRun.objects.select_related("record", "version", "journey").filter(public_id=run_id).first()
    names = names_of(actor=actor, ids=[one.record.public_id]) if one else {}
    if one is None or not names:
        raise NotFound
    nodes = graph.flat(one.version.content["steps"])
    stays = [
        StayRow(
            nodes[stay.step].step if stay.step in nodes else {"key": stay.step, "kind": "end"}, stay.entered_at,
            stay.left_at, stay.outcome, stay.detail,
        )
        for stay in JourneyStay.objects.filter(run=one).order_by("pk")
    ]  # fmt: skip
    return _run(one, names), stays


def runs_of(*, record_id: str, actor: Actor) -> list[tuple[str, str, RunRow]]:
    """The journeys somebody is or was on, as id, name and run; for the page of a record."""
    _may(actor)
    rows = JourneyRun.objects.filter(record__public_id=record_id).select_related("record", "version", "journey")
    names = names_of(actor=actor, ids=[record_id])
    return [(one.journey.public_id, one.journey.name, _run(one, names)) for one in rows.order_by("-pk")[:50] if names]


def _may(actor: Actor) -> None:
    if not actor.can("marketing.use"):
        raise Forbidden
