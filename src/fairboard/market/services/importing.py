"""Importing a file of ads: batch by batch, each with its progress in one transaction."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, Problem
from fairboard.ledger.services import Subject, record
from fairboard.market import events
from fairboard.market.importing.files import Record, Source
from fairboard.market.importing.mapping import ColumnMap, Mapped, apply
from fairboard.market.importing.report import Report
from fairboard.market.models import Import
from fairboard.market.services.bulk import Outcome, Row, submit_many
from fairboard.market.services.drafts import Draft
from fairboard.market.services.photos import MOST_PHOTOS, add_photo

BATCH = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is. ``stopped`` counts ads the gate did not allow at once."""

    rows: int
    added: int
    changed: int
    unchanged: int
    bad: int
    stopped: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be imported, how its columns read, whose ads they become."""

    source: Source
    mapping: ColumnMap
    seller: Actor
    name: str
    photo_folder: Path | None = None

    @property
    def key(self) -> str:
        """What tells this import from another: the file, the mapping, the seller, the source's name."""
        said = json.dumps([asdict(self.mapping), self.seller.id, self.name], sort_keys=True, default=str)
        return hashlib.sha256(f"{self.source.fingerprint()}{said}".encode()).hexdigest()


_guards: list[Callable[[Actor, datetime], None]] = []


def before_import(guard: Callable[[Actor, datetime], None]) -> Callable[[Actor, datetime], None]:
    """Have a room above look at whose ads a file is to become; it refuses by raising a Problem."""
    _guards.append(guard)
    return guard


def run(*, wanted: Wanted, actor: Actor, report: Report, restart: bool = False) -> Iterator[Progress]:
    """Import a file, telling the progress after each batch; run again, it goes on where it stopped.

    Raises Forbidden, Invalid. A row is placed once however often the file is imported: its id, or what it
    says, names it.
    """
    if not actor.can("ads.import"):
        raise Forbidden(_("Only administrators import ads."))
    for guard in _guards:
        guard(wanted.seller, clock.now())
    state, _made = Import.objects.get_or_create(
        key=wanted.key,
        defaults={"name": wanted.source.path.name[:200], "source": wanted.name, "started_at": clock.now()},
    )
    if restart:
        _forget(state)
    yield _progress(state)
    if state.finished_at:
        return
    report.keep_up_to(state.rows)
    records = islice(wanted.source.records(), state.rows, None)
    while batch := list(islice(records, BATCH)):
        _import_batch(wanted, actor, state, batch, report, clock.now())
        yield _progress(state)
    _finish(state, actor, clock.now())
    yield _progress(state)


def _forget(state: Import) -> None:
    for name in ("rows", "added", "changed", "unchanged", "bad", "stopped"):
        setattr(state, name, 0)
    state.finished_at = None
    state.save()


def _progress(state: Import) -> Progress:
    return Progress(
        state.rows,
        state.added,
        state.changed,
        state.unchanged,
        state.bad,
        state.stopped,
        state.finished_at is not None,
    )


def _import_batch(
    wanted: Wanted, actor: Actor, state: Import, batch: Sequence[Record], report: Report, at: datetime
) -> None:
    readable = [record for record in batch if not record.error]
    with transaction.atomic():
        mapped = [apply(wanted.mapping, one.values) for one in readable]
        rows, refused = _rows(wanted, readable, mapped, at)
        outcomes = dict(zip(rows, submit_many(rows=list(rows.values()), at=at, actor=actor), strict=True))
        outcomes |= refused
        for number, one in enumerate(readable):
            outcome = outcomes[number]
            report.add(one, outcome.errors, mapped[number].left_out)
            setattr(state, outcome.done, getattr(state, outcome.done) + 1)
            state.stopped += outcome.done != "bad" and outcome.verdict not in {"allow", ""}
        for one in batch:
            if one.error:
                report.add(one, [{"field": "", "message": one.error}], ())
                state.bad += 1
        state.rows = batch[-1].number
        report.flush()  # before the commit: told twice after a crash is better than never
        state.save()


def _rows(
    wanted: Wanted, records: Sequence[Record], mapped: Sequence[Mapped], at: datetime
) -> tuple[dict[int, Row], dict[int, Outcome]]:
    """The rows to place by their number in the batch, and those whose photos cannot be used."""
    rows: dict[int, Row] = {}
    refused: dict[int, Outcome] = {}
    for number, one in enumerate(mapped):
        draft = one.draft
        try:
            if wanted.photo_folder and one.photos:
                draft = _with_photos(wanted.photo_folder, wanted, one, at)
        except (Problem, OSError) as error:
            detail = error.detail if isinstance(error, Problem) else f"{error.filename}: {error.strerror}"
            refused[number] = Outcome("bad", errors=({"field": "photos", "message": detail},))
            continue
        external_id = one.external_id or _content_id(records[number])
        rows[number] = Row(draft, wanted.seller, external_id, wanted.name)
    return rows, refused


def _with_photos(folder: Path, wanted: Wanted, one: Mapped, at: datetime) -> Draft:
    """The draft with the photos named in its row; a name that leads out of the folder is refused."""
    kept = []
    for name in one.photos[:MOST_PHOTOS]:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Invalid(_("%(name)s is not in the photo folder.") % {"name": name}, field="photos")
        kept.append(add_photo(actor=wanted.seller, raw=path.read_bytes(), at=at).id)
    return replace(one.draft, photos=kept)


def _content_id(one: Record) -> str:
    """An id for a row that has none: what it says."""
    said = json.dumps(one.values, sort_keys=True, ensure_ascii=False, default=str)
    return "row-" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _finish(state: Import, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        state.finished_at = at
        state.save(update_fields=["finished_at"])
        record(
            kind=events.IMPORTED, subject=Subject("import", state.key[:16]), actor=actor, at=at,
            data={"name": state.name, "rows": state.rows, "added": state.added, "changed": state.changed,
                  "bad": state.bad, "stopped": state.stopped},
        )  # fmt: skip
