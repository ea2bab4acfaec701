"""How the desk does: queues, speed, overturned decisions, precision of rules, prevalence, time to action.

Whoever lacks the child-safety permission sees no number a child-safety case is part of.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.people.queries import account_data, is_member
from fairboard.safety.estimates import Share, quantile, wilson
from fairboard.safety.models import Decision, PrevalenceSample
from fairboard.safety.queries.access import visible_cases, visible_submissions
from fairboard.screening import policies

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class QueueAge:
    """The open cases of a queue: how many, how many late, and their age in hours (half, nine in ten are younger)."""

    queue: str
    open: int
    late: int
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Decisions of a person (or of all, without a name) in a week, and how many an hour in which one was made."""

    name: str
    is_own: bool
    decisions: int
    hours: int
    an_hour: float


@dataclass(frozen=True, slots=True)
class Overturned:
    """Refusals under a policy in a month, and the share that was allowed later."""

    policy: str
    is_automatic: bool
    share: Share


@dataclass(frozen=True, slots=True)
class Precision:
    """A rule's hits that people decided in a month, and the share they upheld."""

    rule: str
    share: Share


@dataclass(frozen=True, slots=True)
class Action:
    """Hours from the opening of a case to its first decision, in a month, and the share decided when due."""

    queue: str
    p50: float
    p90: float
    in_time: Share


@dataclass(frozen=True, slots=True)
class Metrics:
    """Everything the page shows; ``by_day`` are decisions of people on each of the last 30 days."""

    queues: tuple[QueueAge, ...]
    speeds: tuple[Speed, ...]
    overturned: tuple[Overturned, ...]
    precisions: tuple[Precision, ...]
    actions: tuple[Action, ...]
    by_day: tuple[tuple[date, int], ...]
    prevalence: Share
    samples_waiting: int


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample as it is judged: only what everybody sees, so that nothing else sways the judgement."""

    id: str
    title: str
    body: str
    category: str
    photos: int
    kind: str
    subject_id: str


def metrics(*, actor: Actor, at: datetime) -> Metrics:
    """The figures of the desk; raises Forbidden without ``metrics.view``."""
    if not actor.can("metrics.view"):
        raise Forbidden
    decided = _decisions(actor)
    return Metrics(
        _queues(actor, at), _speeds(decided.filter(at__gt=at - WEEK), actor), _overturned(decided, at),
        _precisions(decided, at), _actions(decided, at), _by_day(decided, at), prevalence(actor=actor, at=at),
        waiting_samples(actor).count(),
    )  # fmt: skip


def prevalence(*, actor: Actor, at: datetime) -> Share:
    """The share of what was live in the last 30 days that breaks the rules, from what was drawn and judged."""
    judged = PrevalenceSample.objects.filter(drawn_at__gt=at - MONTH, drawn_at__lte=at).exclude(finding="")
    if not actor.can("desk.child"):
        judged = judged.exclude(policy="child-safety")
    return wilson(judged.filter(finding="breaks").count(), judged.count())


def waiting_samples(actor: Actor) -> "QuerySet[PrevalenceSample]":
    """Samples an actor may judge: nobody their own."""
    seen = visible_submissions(actor).exclude(author_id=actor.id or "-")
    return PrevalenceSample.objects.filter(finding="", submission__in=seen)


def next_sample(*, actor: Actor) -> SampleRow | None:
    """The sample to judge next; raises Forbidden."""
    if not actor.can("desk.decide"):
        raise Forbidden
    sample = waiting_samples(actor).select_related("submission").order_by("pk").first()
    if sample is None:
        return None
    one = sample.submission
    return SampleRow(
        sample.public_id, str(one.fields.get("title", "")), str(one.fields.get("body", "")), one.category,
        len(one.photos), one.kind, one.subject_id,
    )  # fmt: skip


def _decisions(actor: Actor) -> "QuerySet[Decision]":
    found = Decision.objects.filter(submission__in=visible_submissions(actor))
    return found if actor.can("desk.child") else found.exclude(case__is_child=True).exclude(policy="child-safety")


def _queues(actor: Actor, at: datetime) -> tuple[QueueAge, ...]:
    ages: dict[str, list[float]] = defaultdict(list)
    late: dict[str, int] = defaultdict(int)
    cases = visible_cases(actor).filter(state="open").values_list("queue", "opened_at", "due_at")
    for queue, opened_at, due_at in cases.iterator(chunk_size=2_000):
        ages[queue].append(_hours(at - opened_at))
        late[queue] += due_at < at
    return tuple(
        QueueAge(queue, len(found), late[queue], quantile(found, 0.5) or 0.0, quantile(found, 0.9) or 0.0)
        for queue, found in sorted(ages.items())
    )


def _speeds(found: "QuerySet[Decision]", actor: Actor) -> tuple[Speed, ...]:
    """One's own and the team's; each person's for the lead only."""
    hours: dict[str, set[datetime]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for person, moment in found.filter(is_automatic=False).values_list("decided_by", "at").iterator(chunk_size=2_000):
        if person:
            counts[person] += 1
            hours[person].add(moment.replace(minute=0, second=0, microsecond=0))
    people = sorted(counts) if actor.can("desk.lead") else [one for one in (actor.id,) if one in counts]
    rows = [
        Speed(_name(one), one == actor.id, counts[one], len(hours[one]), _rate(counts[one], hours[one]))
        for one in people
    ]
    together = [(person, hour) for person, found_hours in hours.items() for hour in found_hours]
    total = sum(counts.values())
    return (*rows, Speed("", False, total, len(together), round(total / len(together), 1) if together else 0.0))


def _rate(count: int, hours: set[datetime]) -> float:
    return round(count / len(hours), 1) if hours else 0.0


def _name(member_id: str) -> str:
    return str(account_data(member_id)["name"]) if is_member(member_id) else member_id


def _overturned(found: "QuerySet[Decision]", at: datetime) -> tuple[Overturned, ...]:
    later = Decision.objects.filter(submission=OuterRef("submission"), outcome="allow", pk__gt=OuterRef("pk"))
    counts: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0])
    refused = found.filter(outcome="reject", at__gt=at - MONTH).annotate(wrong=Exists(later))
    for policy, is_automatic, wrong in refused.values_list("policy", "is_automatic", "wrong"):
        counts[policy, is_automatic][0] += 1
        counts[policy, is_automatic][1] += wrong
    names = {code: policy.name for code, policy in policies().items()}
    return tuple(
        Overturned(names.get(policy, policy), is_automatic, wilson(wrong, made))
        for (policy, is_automatic), (made, wrong) in sorted(counts.items())
    )


def _precisions(found: "QuerySet[Decision]", at: datetime) -> tuple[Precision, ...]:
    """Of the last decision people made on each submission the gate held: upheld means refused."""
    last: dict[int, tuple[str, list[dict[str, str]]]] = {}
    by_people = found.filter(is_automatic=False, at__gt=at - MONTH).order_by("pk")
    for pk, outcome, reasons in by_people.values_list("submission_id", "outcome", "submission__reasons"):
        last[pk] = (outcome, reasons)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for outcome, reasons in last.values():
        for rule in {reason["rule"] for reason in reasons}:
            counts[rule][0] += 1
            counts[rule][1] += outcome == "reject"
    return tuple(Precision(rule, wilson(upheld, hits)) for rule, (hits, upheld) in sorted(counts.items()))


def _actions(found: "QuerySet[Decision]", at: datetime) -> tuple[Action, ...]:
    took: dict[str, list[float]] = defaultdict(list)
    in_time: dict[str, int] = defaultdict(int)
    first = Decision.objects.filter(case=OuterRef("case"), pk__lt=OuterRef("pk"))
    done = found.filter(case__isnull=False, at__gt=at - MONTH).annotate(again=Exists(first)).filter(again=False)
    for queue, opened_at, due_at, moment in done.values_list("case__queue", "case__opened_at", "case__due_at", "at"):
        took[queue].append(_hours(moment - opened_at))
        in_time[queue] += moment <= due_at
    return tuple(
        Action(queue, quantile(hours, 0.5) or 0.0, quantile(hours, 0.9) or 0.0, wilson(in_time[queue], len(hours)))
        for queue, hours in sorted(took.items())
    )


def _by_day(found: "QuerySet[Decision]", at: datetime) -> tuple[tuple[date, int], ...]:
    days = [at.date() - timedelta(days=29 - number) for number in range(30)]
    counts = dict.fromkeys(days, 0)
    for moment in found.filter(is_automatic=False, at__gt=at - MONTH).values_list("at", flat=True):
        if moment.date() in counts:
            counts[moment.date()] += 1
    return tuple(counts.items())


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)
