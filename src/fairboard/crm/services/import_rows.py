"""Writing one chunk of an import: duplicates inside the file, relations, matching, then the rows themselves.

Every row that cannot be written is named with its reason; the others are written. New records of plain types go by
`plain.insert`, everything else by `writing`, which says what is right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, values
from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.crm.importing.reading import Chunk
from fairboard.crm.models import Record
from fairboard.crm.queries.access import SeatInfo
from fairboard.crm.queries.records import selected
from fairboard.crm.services import lookups, plain, writing
from fairboard.crm.standing import OnHold
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.ledger.services import Entry, Subject

SOURCE = "import"


@dataclass
class Run:
    """What stays the same from chunk to chunk of one file."""

    import_pk: int
    import_id: str
    info: TypeInfo
    seat: SeatInfo
    actor: Actor
    at: datetime
    mode: str
    match: str
    headings: dict[str, str]
    relations: dict[str, lookups.Relation]
    creates: frozenset[str]
    once: tuple[str, ...]
    lenient: bool = False
    is_dry: bool = False
    is_second: bool = False
    seen: dict[str, dict[int, int]] = field(default_factory=dict)
    held: list[OnHold] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of a chunk: problems by row number (heading, value, reason), refused rows, counts, events."""

    problems: dict[int, list[list[str]]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    events: list[int] = field(default_factory=list)

    def refuse(self, number: int, heading: str, value: Any, reason: str) -> None:
        """Say why a row is not written."""
        text = "" if value is None else ", ".join(value) if isinstance(value, list) else str(value)
        self.problems.setdefault(number, []).append([heading, text[:200], reason])
        self.refused.add(number)


def write_chunk(run: Run, chunk: Chunk) -> Outcome:
    """Write what can be written of a chunk, in the caller's transaction."""
    outcome = Outcome(refused=set(chunk.refused))
    for number, found in chunk.problems.items():
        outcome.problems[number] = [
            [heading, cell, _(message) % values if values else _(message)] for heading, cell, message, values in found
        ]
    _refuse_twice(run, chunk, outcome)
    links = _resolve(run, chunk, outcome)
    matched = _match(run, chunk, outcome)
    new, old = list[int](), list[int]()
    for place, number in enumerate(chunk.numbers):
        if run.is_second and not any(found[place] for found in links.values()):
            continue
        if number not in outcome.refused:
            (old if matched[place] else new).append(place)
    if new:
        _create(run, chunk, links, new, outcome)
    if old:
        _update(run, chunk, links, [(place, matched[place]) for place in old], outcome)
    return outcome


def _refuse_twice(run: Run, chunk: Chunk, outcome: Outcome) -> None:
    """The second row with a value that only one record can have."""
    for key in run.once:
        column, seen = chunk.keys.get(key), run.seen.setdefault(key, {})
        if column is None:
            continue
        for number, value in zip(chunk.numbers, column, strict=True):
            if value is None:
                continue
            mark = hash(lookups.lowered(value) if isinstance(value, str) else value)
            first = seen.setdefault(mark, number)
            if first != number and number not in outcome.refused:
                reason = _("Row %(row)d of this file has the same %(label)s.")
                label = run.info.fields[key].label if key in run.info.fields else key
                outcome.refuse(number, run.headings[key], value, reason % {"row": first, "label": label})


def _resolve(run: Run, chunk: Chunk, outcome: Outcome) -> dict[str, list[Any]]:
    """The records that relations name, by place: (public id, row), a list of them, or None."""
    resolved: dict[str, list[Any]] = {}
    for key, relation in run.relations.items():
        texts = chunk.links.get(key)
        if texts is None:
            continue
        every = [one for text in texts if text is not None for one in (text if isinstance(text, list) else [text])]
        relation.learn(every)
        if key in run.creates and not run.is_dry:
            _make_missing(run, relation, relation.missing(every))
        found: list[Any] = []
        for number, text in zip(chunk.numbers, texts, strict=True):
            found.append(None if text is None else _target(run, relation, number, text, outcome))
        resolved[key] = found
    return resolved


def _target(run: Run, relation: lookups.Relation, number: int, text: Any, outcome: Outcome) -> Any:
    several = [text] if isinstance(text, str) else text
    made = []
    for one in several:
        rows = relation.known.get(one, [])
        if len(rows) == 1:
            made.append(rows[0])
            continue
        if not rows and relation.field.key in run.creates:
            continue  # a dry run would make it
        label = relation.field.label
        reason = _("%(label)s: there is no record for this.") if not rows else _("%(label)s: several records fit this.")
        if run.lenient and not relation.field.required:
            outcome.problems.setdefault(number, []).append(
                [run.headings[relation.field.key], one, reason % {"label": label}]
            )
        else:
            outcome.refuse(number, run.headings[relation.field.key], one, reason % {"label": label})
    if not made:
        return None
    return made if relation.field.is_many else made[0]


def _make_missing(run: Run, relation: lookups.Relation, texts: list[str]) -> None:
    """Create the records that are named and not there, where the type can be made of a name alone."""
    targets = [one for one in relation.targets() if run.seat.on(one.key).create]
    if not texts or not targets:
        return
    info, once = targets[0], dict[Any, str]()
    for text in texts:
        once.setdefault(lookups.normal(info, relation.by, text), text)
    plans = []
    for text in once.values():
        given = {info.name_fields[-1]: text} if info.name_fields else {}
        if relation.by in info.fields:
            given[relation.by] = values.value_of(info.fields[relation.by], text)
        plans.append(writing.plan(info, writing.Draft(given, import_id=run.import_pk), actor=run.actor, at=run.at))
    good = [one for one in plans if not one.errors]
    if good:
        entry = Entry(events.IMPORT_CREATED, _subject(run), {"type": info.key, "records": len(good)})
        writing.write(info, good, seat=run.seat, actor=run.actor, at=run.at, source=SOURCE, entry=entry, override=True)
        for text in texts:
            relation.known.pop(text, None)
        relation.learn(texts)


def _subject(run: Run) -> Subject:
    return Subject("crm.import", run.import_id)


def _match(run: Run, chunk: Chunk, outcome: Outcome) -> list[int]:
    """The row each line is about, 0 for a new one."""
    if run.mode == "create":
        return [0] * len(chunk.numbers)
    column = chunk.keys.get(run.match, [None] * len(chunk.numbers))
    normal = [lookups.lowered(one) if isinstance(one, str) else one for one in column]
    found = lookups.find(run.seat, run.info, run.match, {one for one in normal if one is not None})
    pks = {rows[0][1] for rows in found.values()}
    mine = pks if run.seat.on(run.info.key).edit == "all" else _editable(run, pks)
    matched, heading = [], run.headings.get(run.match, run.match)
    for number, value, raw in zip(chunk.numbers, normal, column, strict=True):
        rows = found.get(value, []) if value is not None else []
        if len(rows) > 1:
            outcome.refuse(number, heading, raw, _("%(n)d records have this value.") % {"n": len(rows)})
        elif rows and rows[0][1] not in mine:
            outcome.refuse(number, heading, raw, _("You may not change this record."))
        elif not rows and run.mode == "update":
            outcome.refuse(number, heading, raw, _("No record has this value."))
        elif not rows and not run.seat.on(run.info.key).create:
            outcome.refuse(number, heading, raw, _("You may not create %(type)s.") % {"type": run.info.plural})
        matched.append(rows[0][1] if rows else 0)
    return matched


def _editable(run: Run, pks: set[int]) -> set[int]:
    level, found, ordered = run.seat.on(run.info.key).edit, set[int](), sorted(pks)
    for start in range(0, len(ordered), lookups.PART):
        part = ordered[start : start + lookups.PART]
        found.update(selected(run.seat, run.info, None, level=level).filter(pk__in=part).values_list("pk", flat=True))
    return found


def _create(run: Run, chunk: Chunk, links: dict[str, list[Any]], places: list[int], outcome: Outcome) -> None:
    if chunk.data and isinstance(chunk.data[0], bytes) and run.mode != "create":
        places = _complete(run, chunk, links, places, outcome)
    if not places:
        return
    entry = Entry(events.IMPORT_CREATED, _subject(run), {"records": len(places), "row": chunk.last_row})
    if isinstance(chunk.data[0], bytes):

        def write_plain(some: Sequence[int]) -> None:
            rows = plain.NewRows(
                [chunk.data[one] for one in some], [chunk.names[one] for one in some],
                {key: [found[one] for one in some] for key, found in links.items()},
            )  # fmt: skip
            event, _ids = plain.insert(
                run.info, rows, actor=run.actor, at=run.at, import_id=run.import_pk, source=SOURCE, entry=entry
            )
            outcome.created += len(some)
            outcome.events.append(event)

        _attempt(run, chunk, places, write_plain, outcome)
        return
    plans = {}
    for place in places:
        draft = writing.Draft(_values(chunk, links, place), import_id=run.import_pk)
        plans[place] = writing.plan(run.info, draft, actor=run.actor, at=run.at)
    _write_plans(run, chunk, plans, entry, outcome)


def _complete(run: Run, chunk: Chunk, links: dict[str, list[Any]], places: list[int], outcome: Outcome) -> list[int]:
    """The rows that hold everything a new record needs; what the reader checks when all rows are new."""
    if not any(one.required for one in run.info.fields.values()):
        return places
    for place in places:
        for key, reason in values.missing(run.info, _values(chunk, links, place)).items():
            outcome.refuse(chunk.numbers[place], run.headings.get(key, run.info.fields[key].label), "", reason)
    return [place for place in places if chunk.numbers[place] not in outcome.refused]


def _values(chunk: Chunk, links: dict[str, list[Any]], place: int) -> dict[str, Any]:
    data = chunk.data[place]
    given = orjson.loads(data) if isinstance(data, bytes) else dict(data)
    for key, found in links.items():
        target = found[place]
        if target is not None:
            given[key] = [one[0] for one in target] if isinstance(target, list) else target[0]
    return given


def _update(
    run: Run, chunk: Chunk, links: dict[str, list[Any]], found: list[tuple[int, int]], outcome: Outcome
) -> None:
    rows: dict[int, Record] = {}
    for start in range(0, len(found), lookups.PART):
        part = [pk for _place, pk in found[start : start + lookups.PART]]
        rows.update((row.pk, row) for row in Record.objects.select_for_update().filter(pk__in=part))
    plans = {}
    for place, pk in found:
        draft = writing.Draft(_values(chunk, links, place), record=rows[pk])
        plans[place] = writing.plan(run.info, draft, actor=run.actor, at=run.at)
    entry = Entry(events.IMPORT_UPDATED, _subject(run), {"records": len(plans), "row": chunk.last_row})
    _write_plans(run, chunk, plans, entry, outcome)


def _write_plans(run: Run, chunk: Chunk, plans: dict[int, writing.Plan], entry: Entry, outcome: Outcome) -> None:
    good = []
    for place, one in plans.items():
        for key, reason in one.errors.items():
            label = run.headings.get(key) or (run.info.fields[key].label if key in run.info.fields else "")
            outcome.refuse(chunk.numbers[place], label, one.written.after.get(key), reason)
        if not one.errors:
            good.append(place)

    versions = {place: one.written.record.version for place, one in plans.items()}

    def write(some: Sequence[int]) -> None:
        for one in some:  # a try before may have counted it up
            plans[one].written.record.version = versions[one]
        done = writing.write(
            run.info, [plans[one] for one in some], seat=run.seat, actor=run.actor, at=run.at, source=SOURCE,
            entry=entry, override=True,
        )  # fmt: skip
        outcome.created += sum(one.is_new for one in done)
        outcome.updated += sum(not one.is_new for one in done)
        outcome.unchanged += len(some) - len(done)
        outcome.events += sorted({one.event for one in done})

    _attempt(run, chunk, good, write, outcome)


def _attempt(
    run: Run, chunk: Chunk, places: list[int], write: Callable[[Sequence[int]], None], outcome: Outcome
) -> None:
    """Write rows; those that stand in the way are found and named, the others written."""
    kept = _without_taken(run, chunk, places, outcome) if not _goes(places, write) else []
    if not kept or _goes(kept, write):
        return
    half = len(kept) // 2
    for part in (kept[:half], kept[half:]):
        _halve(run, chunk, part, write, outcome)


def _goes(places: Sequence[int], write: Callable[[Sequence[int]], None]) -> bool:
    if not places:
        return True
    try:
        with transaction.atomic():
            write(places)
    except Problem:
        return False
    return True


def _halve(run: Run, chunk: Chunk, places: list[int], write: Callable[[Sequence[int]], None], outcome: Outcome) -> None:
    if not places:
        return
    try:
        with transaction.atomic():
            write(places)
    except Problem as problem:
        if len(places) == 1:
            _say(run, chunk.numbers[places[0]], problem, outcome)
            return
        half = len(places) // 2
        _halve(run, chunk, places[:half], write, outcome)
        _halve(run, chunk, places[half:], write, outcome)


def _say(run: Run, number: int, problem: Problem, outcome: Outcome) -> None:
    if isinstance(problem, OnHold):
        run.held.append(problem)
    one = run.info.fields.get(problem.field)
    heading = run.headings.get(problem.field) or (one.label if one else "")
    outcome.refuse(number, heading, None, problem.detail or str(problem.title))


def _without_taken(run: Run, chunk: Chunk, places: list[int], outcome: Outcome) -> list[int]:
    """The rows whose unique values nobody else has; the others are refused with the id of who has them."""
    for one in (one for one in run.info.fields.values() if one.is_unique and one.key in chunk.keys):
        wanted = {
            writing.folded(one, chunk.keys[one.key][place]): place
            for place in places if chunk.keys[one.key][place] is not None
        }  # fmt: skip
        for key, (pk, public_id) in writing.holders(run.info, one, list(wanted)).items():
            _refuse_taken(run, chunk, one, wanted[key], pk, public_id, outcome)
    return [place for place in places if chunk.numbers[place] not in outcome.refused]


def _refuse_taken(
    run: Run, chunk: Chunk, one: FieldInfo, place: int, pk: int, public_id: str, outcome: Outcome
) -> None:
    number, value = chunk.numbers[place], chunk.keys[one.key][place]
    if run.mode != "create" and run.match in chunk.keys:
        mine = chunk.keys[run.match][place]
        normal = lookups.lowered(mine) if isinstance(mine, str) else mine
        if any(row == pk for _id, row in lookups.find(run.seat, run.info, run.match, [normal]).get(normal, [])):
            return  # its own value
    reason = _("%(label)s is taken by the record %(id)s.") % {"label": one.label, "id": public_id}
    outcome.refuse(number, run.headings[one.key], value, reason)
