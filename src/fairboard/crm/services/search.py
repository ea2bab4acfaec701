"""Keeping the search index: with every write, after an import, or all anew."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from fairboard.crm import search
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import Change, Record

CHUNK = 5_000
_deferred: ContextVar[bool] = ContextVar("search_deferred", default=False)


def keep(batch: Batch) -> None:
    """Index what a batch wrote, in its transaction; what went to the bin is found no more."""
    if _deferred.get():
        return
    info = batch.type
    if batch.source == "import":
        return  # done at its end, see `index_import`
    texts = {key for key, one in info.fields.items() if one.type in (*search.TEXTS, "phone")}
    wanted = [row.record for row in batch.rows if row.is_new or "deleted" in row.changed or row.changed & texts]
    search.remove([one.pk for one in wanted if one.deleted_at is not None])
    index(info, [one for one in wanted if one.deleted_at is None])


def index(info: TypeInfo, rows: Sequence[Record]) -> None:
    """Index records of one type, any number in one go."""
    search.write(search.entry_of(info, row) for row in rows)


def index_import(import_pk: int, events: Iterable[int] = ()) -> None:
    """Index what an import made, and what it changed in these events, at its end; run again it does no harm."""
    known, after = catalogue().by_id, 0
    while True:
        with transaction.atomic():
            rows = list(
                Record.objects.filter(import_id=import_pk, deleted_at=None, pk__gt=after).order_by("pk")[:CHUNK]
            )
            search.write([search.entry_of(known[row.type_id], row) for row in rows if row.type_id in known])
        if not rows:
            break
        after = rows[-1].pk
    for event in events:
        with transaction.atomic():
            changed = Change.objects.filter(event_id=event).values("record")
            found = list(Record.objects.filter(pk__in=changed, deleted_at=None))
            search.write([search.entry_of(known[row.type_id], row) for row in found if row.type_id in known])


@contextmanager
def deferred() -> Iterator[None]:
    """Do not index what is written here: a big import does it at its end, by `reindex` from its first row on."""
    token = _deferred.set(True)
    try:
        yield
    finally:
        _deferred.reset(token)


def reindex(*, after: int = 0, report: Callable[[int], None] | None = None) -> int:
    """Index every record whose row comes after ``after``, in transactions of 5,000; returns how many.

    From 0 on the index is emptied first: meanwhile only the beginnings of names are found.
    """
    known, done = catalogue().by_id, 0
    if after == 0:
        with transaction.atomic():
            search.clear()
    while True:
        with transaction.atomic():
            rows = list(Record.objects.filter(pk__gt=after, deleted_at=None).order_by("pk")[:CHUNK])
            entries = [search.entry_of(known[row.type_id], row) for row in rows if row.type_id in known]
            search.write(entries)
        if not rows:
            return done
        after, done = rows[-1].pk, done + len(rows)
        if report:
            report(done)
