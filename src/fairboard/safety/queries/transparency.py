"""The transparency report (DSA art. 15, 24): every figure a count over the ledger or the decisions of a period.

A number from 1 to 4 is shown as fewer than five, and no times are given for so few: a country and a kind of order could
identify somebody. No table has a row of sums from which a hidden number could be told. What concerns the safety of
children is counted as totals only.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from statistics import median

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.ledger.queries import EventRow, events_between
from fairboard.safety import events, kinds, orders
from fairboard.safety.models import Decision, Notice
from fairboard.safety.queries.standing import STANDING_NAMES
from fairboard.screening import policies

FEWEST = 5
FEW = f"<{FEWEST}"
CHILD = "child-safety"
REPORT_FINISHED, APPEAL_FILED, APPEAL_DECIDED = (
    "safety.report.finished", "safety.appeal.filed", "safety.appeal.decided",
)  # fmt: skip
Cells = tuple[str, ...]
Times = dict[Cells, list[float]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report: ``labels`` name the first columns, ``measures`` the rest; cells are texts."""

    key: str
    title: str
    note: str
    labels: Cells
    measures: Cells
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report of the days from ``start`` to before ``end``."""

    start: date
    end: date
    tables: tuple[Table, ...]


def report(*, start: date, end: date, actor: Actor, today: date) -> Report:
    """The report of a period. Who may not view metrics gets whole past months, so that no two periods can be taken from
    each other to single out a few cases; raises Invalid."""
    if start >= end:
        raise Invalid(_("The end is before the start."), field="until")
    if not actor.can("metrics.view") and (start.day, end.day) != (1, 1):
        raise Invalid(_("Choose whole months."), field="from")
    if not actor.can("metrics.view") and end > today:
        raise Invalid(_("Choose months that are over."), field="until")
    first, last = (datetime.combine(day, time(), UTC) for day in (start, end))
    tables = (
        _orders(first, last), _notices(first, last), _own(first, last), _complaints(first, last),
        _suspensions(first, last), _takedowns(first, last), _traders(first, last), _children(first, last),
    )  # fmt: skip
    return Report(start, end, tables)


def asked_for(*, start: date | None, end: date | None, actor: Actor, today: date) -> Report:
    """The report of a period: until this month's first unless ``end`` is given, six months long unless ``start`` is.

    Raises Invalid.
    """
    until = end or today.replace(day=1)
    if not (2000 <= until.year <= 2200 and (start is None or 2000 <= start.year <= 2200)):
        raise Invalid(_("This is not a date."), field="from")
    return report(start=start or _months_before(until, 6), end=until, actor=actor, today=today)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def shown(number: int) -> str:
    """A count as it is published: nothing between 0 and five is told apart."""
    return FEW if 0 < number < FEWEST else str(number)


def _hours(found: Sequence[float]) -> str:
    return f"{median(found):.1f}" if len(found) >= FEWEST else "–"


def _between(first: datetime, last: datetime, *kinds_: str) -> Iterable[EventRow]:
    return events_between(kinds=kinds_, start=first, end=last)


def _orders(first: datetime, last: datetime) -> Table:
    """``safety.order.received`` by country and kind; time to the step ``carry_out`` of the same order."""
    took: dict[str, datetime] = {}
    for event in events_between(kinds=[events.ORDER_STEP], start=first):
        if event.data.get("step") == "carry_out":
            took.setdefault(event.subject_id, event.at)
    counts: dict[Cells, int] = defaultdict(int)
    times: Times = defaultdict(list)
    for event in _between(first, last, events.ORDER_RECEIVED):
        kind = orders.BY_KEY[event.data["kind"]]
        key = (event.data["country"], str(kind.label), kind.law)
        counts[key] += 1
        if event.subject_id in took:
            began = datetime.fromisoformat(event.data["received"])
            times[key].append((took[event.subject_id] - began).total_seconds() / 3600)
    rows = tuple((*key, shown(count), _hours(times[key])) for key, count in sorted(counts.items()))
    return Table(
        "orders", _("Orders of authorities"),
        _("Orders and requests received in the period, and the median time from receipt to carrying out."),
        (_("Country"), _("Kind"), _("Law")), (_("Received"), _("Median hours")), rows,
    )  # fmt: skip


def _notices(first: datetime, last: datetime) -> Table:
    """``safety.notice.filed`` by category and trusted flagger; the first ``safety.decision.made`` of the same case."""
    decided: dict[str, EventRow] = {}
    for event in events_between(kinds=[events.DECIDED], start=first):
        decided.setdefault(event.data.get("case", ""), event)
    counts: dict[Cells, list[int]] = defaultdict(lambda: [0, 0, 0])
    times: Times = defaultdict(list)
    for event in _between(first, last, events.NOTICED):
        kind = kinds.BY_KEY.get(event.data["kind"])
        if kind is None or kind.key == "child":
            continue
        key = (str(kind.label), _("yes") if event.data.get("trusted") else _("no"))
        counts[key][0] += 1
        answer = decided.get(event.data["case"])
        if answer is None:
            continue
        counts[key][1 if answer.data["outcome"] == "reject" else 2] += 1
        times[key].append((answer.at - event.at).total_seconds() / 3600)
    rows = tuple((*key, *map(shown, count), _hours(times[key])) for key, count in sorted(counts.items()))
    return Table(
        "notices", _("Notices"),
        _("Reports filed in the period, what became of them since, and the median time to the decision."),
        (_("Category"), _("Trusted flagger")), (_("Filed"), _("Removed"), _("Left"), _("Median hours")), rows,
    )  # fmt: skip


def _own(first: datetime, last: datetime) -> Table:
    """Refusals of the period without a notice or an order; overturned: the same submission was allowed later."""
    noticed = Notice.objects.filter(case=OuterRef("case"))
    later = Decision.objects.filter(submission=OuterRef("submission"), outcome="allow", pk__gt=OuterRef("pk"))
    found = (
        Decision.objects.filter(outcome="reject", at__gte=first, at__lt=last)
        .exclude(policy=CHILD)
        .exclude(note__startswith="order ")
        .exclude(note__startswith="takedown ")
        .exclude(case__is_child=True)
        .annotate(noticed=Exists(noticed), overturned=Exists(later))
        .filter(noticed=False)
        .values_list("policy", "submission__kind", "is_automatic", "overturned")
    )
    names = {code: policy.name for code, policy in policies().items()}
    counts: dict[Cells, list[int]] = defaultdict(lambda: [0, 0])
    for policy, kind, is_automatic, overturned in found.iterator(chunk_size=2_000):
        key = (_(names.get(policy, policy)) if policy else "–", kind, _("yes") if is_automatic else _("no"))
        counts[key][0] += 1
        counts[key][1] += overturned
    rows = tuple(
        (*key, shown(made), shown(wrong), _share(wrong, made)) for key, (made, wrong) in sorted(counts.items())
    )
    return Table(
        "own_initiative", _("Our own initiative"),
        _("Refusals without a report or an order; wrong are those whose submission was allowed later."),
        (_("Policy"), _("What"), _("Automated")), (_("Refused"), _("Wrong"), _("Error rate")), rows,
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    """A share in percent; not told where it would tell a hidden number."""
    return f"{100 * part / whole:.1f} %" if whole >= FEWEST and (part == 0 or part >= FEWEST) else "–"


def _complaints(first: datetime, last: datetime) -> Table:
    """``safety.appeal.filed``, and ``safety.appeal.decided`` by its outcome; time between the two of one appeal."""
    filed = {event.subject_id: event.at for event in events_between(kinds=[APPEAL_FILED], end=last)}
    counts: dict[Cells, int] = defaultdict(int)
    times: Times = defaultdict(list)
    for event in _between(first, last, APPEAL_FILED, APPEAL_DECIDED):
        key = (_("filed"),) if event.kind == APPEAL_FILED else (str(event.data.get("outcome", "")),)
        counts[key] += 1
        if event.kind == APPEAL_DECIDED and event.subject_id in filed:
            times[key].append((event.at - filed[event.subject_id]).total_seconds() / 3600)
    rows = tuple((*key, shown(count), _hours(times[key])) for key, count in sorted(counts.items()))
    return Table(
        "complaints", _("Complaints"), _("Appeals filed and decided in the period, by outcome."),
        (_("What"),), (_("Number"), _("Median hours")), rows,
    )  # fmt: skip


def _suspensions(first: datetime, last: datetime) -> Table:
    """``safety.standing.changed`` to on hold, suspended or closed, by policy."""
    names = {code: policy.name for code, policy in policies().items()}
    counts: dict[Cells, int] = defaultdict(int)
    for event in _between(first, last, events.STANDING_CHANGED):
        to, policy = str(event.data["to"]), str(event.data["policy"])
        if to in {"on_hold", "suspended", "closed"} and policy != CHILD:
            counts[str(STANDING_NAMES[to]), _(names[policy]) if policy in names else policy or "–"] += 1
    rows = tuple((*key, shown(count)) for key, count in sorted(counts.items()))
    return Table(
        "suspensions", _("Accounts on hold, suspended or closed"), _("Changes of standing in the period, by policy."),
        (_("Standing"), _("Policy")), (_("Accounts"),), rows,
    )  # fmt: skip


def _takedowns(first: datetime, last: datetime) -> Table:
    """``safety.takedown.received`` and ``.decided``; within 48 hours is the event's own ``in_time``."""
    counts: dict[str, int] = defaultdict(int)
    in_time = 0
    for event in _between(first, last, events.TAKEDOWN_RECEIVED, events.TAKEDOWN_DECIDED):
        counts[str(event.data.get("outcome", "received"))] += 1
        in_time += event.data.get("outcome") == "removed" and bool(event.data["in_time"])
    labels = {"received": _("received"), "removed": _("removed"), "invalid": _("not valid")}
    rows = [(label, shown(counts[key])) for key, label in labels.items()]
    late = counts["removed"] - in_time
    share = "–" if 0 < late < FEWEST else _share(in_time, counts["removed"])
    return Table(
        "takedowns", _("Requests to take down intimate images"),
        _("TAKE IT DOWN Act: requests received and decided in the period."),
        (_("What"),), (_("Number"),), (*rows, (_("removed within 48 hours"), share)),
    )  # fmt: skip


def _traders(first: datetime, last: datetime) -> Table:
    """``safety.trader.step`` by step."""
    counts: dict[str, int] = defaultdict(int)
    for event in _between(first, last, events.TRADER_STEP):
        counts[str(event.data["step"])] += 1
    labels = {
        "declared": _("said they are a business"), "reached": _("became high-volume sellers"),
        "verified": _("verified"), "refused": _("could not be verified"), "suspended": _("suspended"),
        "released": _("released"),
    }  # fmt: skip
    rows = tuple((label, shown(counts[key])) for key, label in labels.items())
    return Table(
        "traders", _("Traders"), _("DSA art. 30 and INFORM Consumers Act: steps taken in the period."),
        (_("What"),), (_("Number"),), rows,
    )  # fmt: skip


def _children(first: datetime, last: datetime) -> Table:
    """Totals only: notices of that kind, refusals under that policy, finished CyberTipline reports."""
    notices = sum(event.data["kind"] == "child" for event in _between(first, last, events.NOTICED))
    reports = sum(1 for _event in _between(first, last, REPORT_FINISHED))
    refused = Decision.objects.filter(outcome="reject", policy=CHILD, at__gte=first, at__lt=last).count()
    rows = (
        (_("reports by people"), shown(notices)), (_("refusals"), shown(refused)),
        (_("reports to the CyberTipline"), shown(reports)),
    )  # fmt: skip
    return Table("children", _("Safety of children"), _("Totals of the period."), (_("What"),), (_("Number"),), rows)
