"""Indexes of photo hashes on disk, each made from a table that is the truth.

An index may lack nothing that its table holds: what is written is in the journal before its transaction commits. It may
hold more (what rolled back or was taken out since), so whoever gets a match looks at the row. An index that is missing,
damaged or of another database answers nothing: `NotReady`, and the gate holds what was asked about until it is built
again, by `safety.tend_photo_indexes` or ``fairboard banks reindex``.
"""

import fcntl
import logging
import os
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from fairboard.screening.photos.fingerprint import MATCH_DISTANCE

if TYPE_CHECKING:
    from fairboard.screening.photos.bank import PhotoBank

log = logging.getLogger("fairboard.safety")
STALE = "stale"
"""A file that says: something was added in vain."""
BANK = "fairboard.screening.photos.bank"
TURNED = "fairboard.screening.photos.turned"
NUMPY = "numpy"
"""Loaded with the first photo that is looked up: numpy would add a tenth to what an idle process holds."""
MERGE_AFTER = 5_000
"""Entries of a journal from which it is merged into the index: they are compared one by one, at 25 ns each."""
MERGE_SHARE = 200
"""A large index is written again only when its journal holds one in so many of its hashes."""
Row = tuple[int, bytes]
Tell = Callable[[str, int, int], None]


class NotReady(RuntimeError):
    """The index cannot be asked: not knowing is not "no match"."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an index comes from: ``rows`` gives every (number, hash) in batches, ``count`` how many there are at most.

    ``keep_recent``: what was added while the rows were read stays, its transaction may not have been seen. ``mark``
    names what else the numbers depend on, such as a key.
    """

    name: str
    rows: Callable[[], Iterator[Sequence[Row]]]
    is_empty: Callable[[], bool]
    count: Callable[[], int]
    keep_recent: bool = True
    mark: Callable[[], str] = str


@dataclass(frozen=True, slots=True)
class Near:
    """A hash near the one looked up: its number, its hash, and how many bits differ in the nearest form."""

    number: int
    value: bytes
    distance: int


@dataclass(frozen=True, slots=True)
class Health:
    """The state of an index: hashes, those in the journal, and what is wrong, empty when nothing is."""

    name: str
    hashes: int
    pending: int
    trouble: str


SOURCES: dict[str, Source] = {}
_banks: dict[Path, "PhotoBank"] = {}
_lock = threading.Lock()


def register(source: Source) -> Source:
    """Make an index known to the checks and to the command."""
    SOURCES[source.name] = source
    return source


def nearest(
    source: Source, values: Sequence[str], *, distance: int = MATCH_DISTANCE, turned: bool = False
) -> list[list[Near]]:
    """For each PDQ hash in hexadecimal what lies within so many bits, the nearest first; raises NotReady.

    With ``turned`` the photo's turned and mirrored forms are looked up as well.
    """
    if not values:
        return []
    bank = _opened(source)
    if not len(bank):
        return [[] for _value in values]
    plain = [bytes.fromhex(value) for value in values]
    asked = [import_module(TURNED).forms(value) for value in plain] if turned else [[value] for value in plain]
    try:
        rows = iter(bank.search_many([form for forms in asked for form in forms], distance))
    except Exception as error:  # a damaged body makes numpy fail in many ways
        raise NotReady(f"The index {source.name} cannot be searched: {error}.") from error
    return [_best([one for _form in forms for one in next(rows)]) for forms in asked]


def prepare(source: Source) -> None:
    """Make an index whose table is empty, before the first row is written: then `add` finds it there."""
    with suppress(NotReady):
        _opened(source)


def add(source: Source, rows: Sequence[Row], *, sync: bool = True) -> None:
    """Put hashes into the index, in the transaction that keeps them and before it commits.

    Where that fails the table has them all the same: once it commits, the index counts as missing and is built again.
    """
    if not rows:
        return
    try:
        _opened(source).add(rows, sync=sync)
    except (NotReady, OSError):
        log.exception("the index %s cannot be written: it is built again", source.name)
        transaction.on_commit(lambda: (_folder(source) / STALE).touch())


def reindex(source: Source, tell: Tell = lambda what, done, total: None) -> int:
    """Build an index from its table, whatever is there; returns how many hashes it holds. Searches go on meanwhile.

    Killed at any moment it leaves the old files, or files that count as missing.
    """
    numpy = import_module(NUMPY)
    total = source.count()

    def read() -> tuple[Any, Any]:
        hashes, numbers = bytearray(), array("Q")
        for batch in source.rows():
            hashes += b"".join(value for _number, value in batch)
            numbers.extend(number for number, _value in batch)
            tell(source.name, len(numbers), max(total, len(numbers)))
        columns = numpy.frombuffer(bytes(hashes), dtype=numpy.uint8).reshape(-1, 32)
        return columns, numpy.array(numbers, dtype=numpy.uint64)

    with _one_builder(source):
        return _build(source, read)


def check(source: Source, *, whole: bool = False, thorough: bool = False) -> Health:
    """What is wrong with an index; ``whole`` reads all of it against its checksum.

    ``thorough`` compares it number by number with its table as well, which takes memory for each of them. An index
    without ``keep_recent`` is not compared: what belongs into it depends on the order things came in.
    """
    if not _is_marked(source) and source.is_empty():  # nothing to look at, and numpy stays out
        return Health(source.name, 0, 0, "")
    try:
        bank = _opened(source)
        if whole or thorough:
            bank.verify()
        if thorough and source.keep_recent:
            held = set(bank.payloads().tolist())
            lost = sum(number not in held for batch in source.rows() for number, _value in batch)
        else:
            lost = max(0, source.count() - bank.rows)
    except (NotReady, OSError, ValueError) as error:
        return Health(source.name, 0, 0, str(error))
    return Health(source.name, len(bank), bank.pending, f"{lost} hashes are missing." if lost else "")


def tend(source: Source, *, thorough: bool = False) -> str:
    """Build an index that something is wrong with again, and merge a long journal; says what was wrong."""
    health = check(source, thorough=thorough)
    if health.trouble:
        reindex(source)
    elif health.pending > max(MERGE_AFTER, health.hashes // MERGE_SHARE):
        _opened(source).rebuild()
    return health.trouble


def close() -> None:
    """Let go of the files of every index; they are opened again when they are asked for."""
    with _lock:
        _banks.clear()


def _best(found: Iterable[Any]) -> list[Near]:
    near: dict[int, Near] = {}
    for one in sorted(found, key=lambda one: (one.distance, one.payload)):
        near.setdefault(one.payload, Near(one.payload, one.value, one.distance))
    return list(near.values())


def _folder(source: Source) -> Path:
    return Path(settings.INDEX_DIR) / source.name


def _opened(source: Source) -> "PhotoBank":
    """The bank as it is now; one that was never built is made where its table is empty."""
    if not _is_marked(source):
        _begin(source)
    bank = _any_bank(source, is_sound=True)
    if not bank.is_whole:
        raise NotReady(f"Files of the index {source.name} are missing.")
    return bank


def _begin(source: Source) -> None:
    if not source.is_empty():
        raise NotReady(f"The index {source.name} is missing, incomplete or of another database.")
    numpy = import_module(NUMPY)
    with _one_builder(source):
        if not _is_marked(source):  # else another process was faster
            _build(source, lambda: (numpy.empty((0, 32), numpy.uint8), numpy.empty(0, numpy.uint64)))


def _build(source: Source, read: Callable[[], tuple[Any, Any]]) -> int:
    folder = _folder(source)
    (folder / STALE).unlink(missing_ok=True)  # whatever is added in vain from here on makes it stale again
    if not _is_marked(source):  # of another database: nothing of it may stay
        for path in (*folder.glob("journal-*"), folder / "index"):
            path.unlink(missing_ok=True)
        _banks.pop(folder, None)
    bank = _any_bank(source)
    bank.refill(read, keep_recent=source.keep_recent)
    draft = folder / f"edition.{os.getpid()}"
    draft.write_text(_edition(source))
    draft.replace(folder / "edition")
    return len(bank)


@contextmanager
def _one_builder(source: Source) -> Iterator[None]:
    _folder(source).mkdir(parents=True, exist_ok=True)
    with (_folder(source) / "build.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _any_bank(source: Source, *, is_sound: bool = False) -> "PhotoBank":
    folder = _folder(source)
    module = import_module(BANK)
    with _lock:
        bank = _banks.get(folder)
        try:
            if bank is None:
                bank = _banks[folder] = module.PhotoBank(folder)
            else:
                bank.refresh()
        except module.BadIndex as error:
            _banks.pop(folder, None)
            if is_sound:
                raise NotReady(str(error)) from error
            (folder / "index").unlink(missing_ok=True)
            bank = _banks[folder] = module.PhotoBank(folder)
    found: PhotoBank = bank
    return found


def _edition(source: Source) -> str:
    """What says that an index is of this database: a name the database got when it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edition FROM safety_photoindex WHERE id = 1")
        found = cursor.fetchone()
    return f"{found[0] if found else ''} {source.mark()}"


def _is_marked(source: Source) -> bool:
    folder = _folder(source)
    try:
        return (folder / "edition").read_text() == _edition(source) and not (folder / STALE).exists()
    except FileNotFoundError:
        return False
