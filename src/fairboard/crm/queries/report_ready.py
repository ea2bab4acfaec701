"""Reports that no grouping of records gives: the funnel of a pipeline, retention by cohort, activity per person.

Each is one query with the access conditions of lists, and gives the same `Result` as any other report.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.crm import sql
from fairboard.crm.catalogue import PipelineInfo, TypeInfo, catalogue
from fairboard.crm.queries import report_groups, reports
from fairboard.crm.queries.access import SeatInfo, seat_of, visible_fields
from fairboard.crm.queries.periods import month_start
from fairboard.crm.queries.records import condition_of, readable
from fairboard.crm.queries.report_definition import Definition, read
from fairboard.crm.queries.reports import Cell, Head, Narrowing, Result, Row, base_tree, narrowed
from fairboard.crm.queries.views import tree_of
from fairboard.kit.actors import Actor
from fairboard.kit.lists import dialect
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people

KINDS: dict[str, str | Promise] = {
    "": gettext_lazy("Groups and figures"), "funnel": gettext_lazy("Funnel of a pipeline"),
    "cohort": gettext_lazy("Retention by cohort"), "activity": gettext_lazy("Activity per person"),
}  # fmt: skip
COHORTS: dict[str, str | Promise] = {
    "invoice": gettext_lazy("Paid an invoice"), "ad": gettext_lazy("Published an ad"),
}  # fmt: skip
ACTIVITIES = ("call", "meeting", "mail", "task", "note")
MOST_MONTHS = 24


def run(
    *, actor: Actor, type_key: str, definition: Mapping[str, Any], at: datetime, narrowing: Narrowing | None = None
) -> Result:
    """Any report for its reader, of groups or of one of the kinds here; raises NotFound, Invalid."""
    kind = str(definition.get("kind") or "")
    if kind not in KINDS:
        raise Invalid(_("There is no such kind of report."), field="kind")
    if not kind:
        return reports.run(actor=actor, type_key=type_key, definition=definition, at=at, narrowing=narrowing)
    seat, info = readable(actor, type_key)
    own = {key: definition[key] for key in ("filter", "period", "chart") if definition.get(key)}
    asked = read(narrowed(own, narrowing), seat, info, at=at)
    asked = replace(asked, chart=dict(own.get("chart") or {}))
    if kind == "funnel":
        return _funnel(asked, definition)
    if kind == "cohort":
        return _cohort(asked, definition, actor)
    return _activity(asked, actor, at)


def _condition(asked: Definition) -> tuple[str, list[Any], Any]:
    base = base_tree(asked, asked.period.span if asked.period else None)
    text, params = condition_of(asked.seat, asked.info, tree_of(base, asked.seat, asked.info, at=asked.at))
    return text, params, base


# Funnel ---------------------------------------------------------------------------------------------------------


def _funnel(asked: Definition, definition: Mapping[str, Any]) -> Result:
    """Per stage: how many came so far, conversion, how many are there now, days on average.

    A record came as far as the furthest stage it was ever in, by the changes kept of its stage; what was won went the
    whole way. Days count each stay, the one that still lasts up to now.
    """
    info = asked.info
    way = info.pipeline(str(definition.get("pipeline") or ""))
    if way is None or not {"stage", "pipeline"} <= set(visible_fields(asked.seat, info)):
        raise Invalid(_("Choose a type with a pipeline."), field="pipeline")
    reached, now, days = _stays(asked, way)
    stages = [one for one in way.stages if one.outcome != "lost"]
    came = [sum(count for stage, count in reached.items() if stage >= at) for at in range(len(stages))]
    _text, _params, base = _condition(asked)
    rows = []
    for at, stage in enumerate(stages):
        tree = {"and": [*([base] if base else []), {"field": "pipeline", "op": "eq", "value": way.key},
                        {"field": "stage", "op": "eq", "value": stage.key}]}  # fmt: skip
        values: dict[str, float | None] = {
            "reached": came[at], "step": 100 * came[at] / came[at - 1] if at and came[at - 1] else None,
            "share": 100 * came[at] / came[0] if came[0] else None, "now": now.get(stage.key, 0),
            "days": days.get(stage.key) if stage.outcome == "open" else None,
        }  # fmt: skip
        rows.append(Row((stage.key,), (stage.label,), [], Cell(values, trees={"now": tree}), 1))
    measures = [
        Head("reached", str(_("Came so far"))), Head("step", str(_("Of the stage before")), "%", 1),
        Head("share", str(_("Of the first stage")), "%", 1), Head("now", str(_("There now"))),
        Head("days", str(_("Days in stage")), "", 1),
    ]  # fmt: skip
    everything = {"and": [*([base] if base else []), {"field": "pipeline", "op": "eq", "value": way.key}]}
    total = Cell(
        {"reached": came[0], "step": None, "share": 100 * came[-1] / came[0] if came[0] else None,
         "now": sum(now.values()), "days": None},
        trees={"now": everything},
    )  # fmt: skip
    chart = {"kind": str(asked.chart.get("kind") or "funnel"), "measure": "reached"}
    return Result(info.key, (way.label,), [], measures, rows, [], total, chart=chart)


def _stays(asked: Definition, way: PipelineInfo) -> tuple[dict[int, int], dict[str, int], dict[str, float]]:
    """How many got to each place at the furthest, are in each stage now, and how long they stay in it."""
    lite = dialect() == "sqlite"
    condition, params, _base = _condition(asked)
    kept = "json_extract(c.{0}, '$')" if lite else "(c.{0} #>> '{{}}')"
    stage, pipeline = (sql.expressions(asked.info.fields[key])[dialect()] for key in ("stage", "pipeline"))
    open_stages = [one.key for one in way.stages if one.outcome != "lost"]
    cases = "".join(" WHEN %s THEN " + str(at) for at in range(len(open_stages)))
    until = "COALESCE(until, %s)" if lite else "COALESCE(until, %s::timestamptz)"
    length = f"julianday({until}) - julianday(since)" if lite else f"EXTRACT(EPOCH FROM {until} - since) / 86400"
    moment = connection.ops.adapt_datetimefield_value(asked.at)
    text = f"""
WITH own AS (
  SELECT crm_record.id AS id, {stage} AS stage, crm_record.created_at AS born FROM crm_record
  WHERE {condition} AND {pipeline} = %s),
moves AS (
  SELECT own.id AS id, {kept.format("before")} AS stage_before, {kept.format("after")} AS stage_after, e.at AS at,
    c.event_id AS number
  FROM own JOIN crm_change c ON c.record_id = own.id AND c.key = 'stage' JOIN ledger_event e ON e.id = c.event_id),
entered AS (
  SELECT own.id AS id, own.born AS since, 0 AS number,
    COALESCE((SELECT m.stage_before FROM moves m WHERE m.id = own.id ORDER BY m.number LIMIT 1), own.stage) AS stage
  FROM own
  UNION ALL SELECT id, at, number, stage_after FROM moves),
stays AS (SELECT id, stage, since, LEAD(since) OVER (PARTITION BY id ORDER BY number) AS until FROM entered)
SELECT 'far' AS what, CAST(place AS TEXT) AS stage, COUNT(*) AS n, CAST(NULL AS REAL) AS days FROM (
  SELECT id, MAX(CASE stage{cases} ELSE 0 END) AS place FROM stays GROUP BY id) AS furthest GROUP BY place
UNION ALL SELECT 'now', stage, COUNT(*), CAST(NULL AS REAL) FROM own GROUP BY stage
UNION ALL SELECT 'stay', stage, COUNT(*), AVG({length}) FROM stays GROUP BY stage"""
    with connection.cursor() as cursor:
        cursor.execute(text, [*params, way.key, *open_stages, moment])
        rows = cursor.fetchall()
    return (
        {int(stage): n for what, stage, n, _days in rows if what == "far"},
        {stage: n for what, stage, n, _days in rows if what == "now"},
        {stage: float(days) for what, stage, _n, days in rows if what == "stay" and days is not None},
    )


# Cohorts --------------------------------------------------------------------------------------------------------


def _cohort(asked: Definition, definition: Mapping[str, Any], actor: Actor) -> Result:
    """Accounts by the month they first paid or published, and the share that did so again n months later."""
    by, months = str(definition.get("by") or "invoice"), int(definition.get("months") or 12)
    if asked.info.key != "account" or by not in COHORTS or not 2 <= months <= MOST_MONTHS:
        raise Invalid(_("Retention is of accounts, by paid invoices or published ads."), field="by")
    found = _active(asked, by, actor)
    first = month_start(asked.at.year, asked.at.month - months + 1)
    names = [month_start(first.year, first.month + at) for at in range(months)]
    rows, total = [], [[0, 0] for _ in names]
    for at, begin in enumerate(names):
        own = {int(_distance(begin, month)): n for (cohort, month), n in found.items() if cohort == f"{begin:%Y-%m}"}
        size = own.get(0, 0)
        if not size:
            continue
        cells = []
        for later in range(months):
            inside = later < months - at
            share = 100 * own.get(later, 0) / size if inside else None
            cells.append(Cell({"share": share}))
            if inside:
                total[later][0] += own.get(later, 0)
                total[later][1] += size
        labels = (report_groups.month_label(begin), f"{size:,}")
        rows.append(Row((f"{begin:%Y-%m}", size), labels, cells, Cell({"share": None}), 2))
    totals = [Cell({"share": 100 * one / of if of else None}) for one, of in total]
    result = Result(
        "account", (str(COHORTS[by]), str(_("Accounts"))), [Head(at, f"+{at}") for at in range(months)],
        [Head("share", str(_("Active")), "%", 0)], rows, totals, Cell({"share": None}),
        chart={"kind": "", "measure": "share"}, is_heat=True, has_totals=False,
    )  # fmt: skip
    result.notes.append(str(_("A row is the accounts that began in a month; a column how many months later.")))
    return result


def _distance(begin: date, month: str) -> int:
    return (int(month[:4]) - begin.year) * 12 + int(month[5:7]) - begin.month


def _active(asked: Definition, by: str, actor: Actor) -> dict[tuple[str, str], int]:
    """How many accounts of a cohort (its month) were active in a month."""
    own, params, _base = _condition(asked)
    if by == "invoice":
        acts, more = _paid(actor, asked.at)
    else:
        day = "substr(e.at, 1, 7)" if dialect() == "sqlite" else "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM')"
        acts = (
            f"SELECT DISTINCT e.record_id AS who, {day} AS month FROM crm_timelineentry e"
            " WHERE e.kind IN ('market.ad.published', 'market.ad.renewed')"
        )
        more = []
    text = f"""
WITH acts AS ({acts}), began AS (SELECT who, MIN(month) AS month FROM acts GROUP BY who)
SELECT began.month, acts.month, COUNT(*) FROM acts JOIN began ON began.who = acts.who
WHERE acts.who IN (SELECT crm_record.id FROM crm_record WHERE {own}) GROUP BY began.month, acts.month"""
    with connection.cursor() as cursor:
        cursor.execute(text, [*more, *params])
        return {(cohort, month): n for cohort, month, n in cursor.fetchall()}


def _paid(actor: Actor, at: datetime) -> tuple[str, list[Any]]:
    seat, info = readable(actor, "invoice")
    if not {"account", "paid_on", "status"} <= set(visible_fields(seat, info)):
        raise Invalid(_("Your profile does not see what this report is made of."), field="by")
    tree = tree_of({"and": [{"field": "status", "op": "eq", "value": "paid"},
                            {"field": "paid_on", "op": "is_empty", "value": False}]}, seat, info, at=at)  # fmt: skip
    condition, params = condition_of(seat, info, tree)
    paid = sql.expressions(info.fields["paid_on"])[dialect()]
    return (
        f"SELECT DISTINCT way.target_id AS who, substr({paid}, 1, 7) AS month FROM crm_record"
        f" JOIN crm_link way ON way.source_id = crm_record.id AND way.field_id = {info.fields['account'].id:d}"
        f" WHERE {condition}",
        params,
    )


# Activity -------------------------------------------------------------------------------------------------------


def _activity(asked: Definition, actor: Actor, at: datetime) -> Result:
    """Calls, meetings, mails, tasks and notes of each person that were made in the period."""
    seat = seat_of(actor)
    types = [catalogue().types[key] for key in ACTIVITIES if key in catalogue().types and seat.on(key).read != "none"]
    tree = base_tree(asked, asked.period.span if asked.period else None)
    parts, params = [], []
    for info in types:
        condition, more = condition_of(seat, info, tree_of(tree, seat, info, at=at))
        parts.append(f"({condition})")
        params += more
    counts: dict[tuple[str, int], int] = {}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT owner_id, type_id, COUNT(*) FROM crm_record WHERE {' OR '.join(parts)} GROUP BY 1, 2", params
            )
            counts = {(owner, type_id): n for owner, type_id, n in cursor.fetchall()}
    owners = {owner for owner, _type in counts}
    names = people.names_of(owners - {""}) if owners - {""} else {}
    ordered = sorted(owners, key=lambda one: (one == "", str(names.get(one, one)).casefold()))
    rows = [_person(owner, names, types, counts, tree) for owner in ordered]
    totals = [
        Cell({"count": sum(row.cells[at_].values["count"] or 0 for row in rows)}, trees={"count": tree},
             type_key=info.key)
        for at_, info in enumerate(types)
    ]  # fmt: skip
    return Result(
        asked.info.key, (str(_("Owner")),), [Head(one.key, one.plural) for one in types],
        [Head("count", str(_("Count")))], rows, totals, Cell({"count": sum(counts.values())}),
        chart={"kind": str(asked.chart.get("kind") or "stacked"), "measure": "count"},
    )  # fmt: skip


def _person(
    owner: str, names: Mapping[str, str], types: list[TypeInfo], counts: Mapping[tuple[str, int], int], tree: Any
) -> Row:
    own: dict[str, Any] = {"field": "owner", "op": "eq", "value": owner}
    if not owner:
        own = {"field": "owner", "op": "is_empty", "value": True}
    inner = {"and": [*([tree] if tree else []), own]}
    cells = [Cell({"count": counts.get((owner, one.id), 0)}, trees={"count": inner}, type_key=one.key) for one in types]
    total = Cell({"count": sum(one.values["count"] or 0 for one in cells)})
    return Row((owner or None,), (names.get(owner, owner) or str(_("Nobody")),), cells, total, 1)


def usable(seat: SeatInfo) -> list[TypeInfo]:
    """The types a seat can report on."""
    return [one for one in catalogue().types.values() if seat.on(one.key).read != "none"]
