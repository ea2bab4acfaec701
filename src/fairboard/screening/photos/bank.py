"""A bank of photo hashes that changes while it is searched: an index, and a journal of what came since.

``add`` and ``remove`` append to the journal and are on disk when they return. ``rebuild`` merges the journal into a
new index beside the old one and replaces it in one step. Readers never wait: whoever opened the old index goes on with
it and takes up the new one at ``refresh``. Journals are numbered: the index says which number it does not contain yet,
so a process that is killed at any step leaves files that add up to the same bank.
"""

import contextlib
import fcntl
import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairboard.screening.photos.chunks import bytes_of, words_of
from fairboard.screening.photos.fingerprint import MATCH_DISTANCE
from fairboard.screening.photos.index import BadIndex, Match, PhotoIndex, build

MERGE_AFTER = 20_000
"""Journal entries from which a rebuild is worth its time: they are compared one by one."""

Columns = tuple[NDArray[np.uint8], NDArray[np.uint64]]
"""Hashes (rows x 32 bytes) and a payload each."""
_RECORD = 48  # what (1), unused (3), payload (8), hash (32), checksum (4)
_ADD, _REMOVE = b"+", b"-"


class PhotoBank:
    """One bank in a folder. Processes may read, add and rebuild at once; an object may be shared by threads."""

    def __init__(self, folder: Path) -> None:
        """Open the bank, empty when the folder is. Raises BadIndex when the index is damaged."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._index: PhotoIndex | None = None
        self._stamp: tuple[int, int] | None = None
        self._read: dict[int, int] = {}
        self._added: dict[int, bytes] = {}
        self._removed: set[int] = set()
        self._recent: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None = None
        self._is_whole = False
        self.refresh()

    @property
    def is_whole(self) -> bool:
        """Whether index and journal were there at the last refresh: a bank that was ever built has both."""
        return self._is_whole

    @property
    def pending(self) -> int:
        """How many additions and removals are in journals, not yet in the index."""
        return len(self._added) + len(self._removed)

    @property
    def rows(self) -> int:
        """How many payloads there are at most, of equal hashes too."""
        return (self._index.rows if self._index else 0) + len(self._added)

    def __len__(self) -> int:
        """How many hashes there are at most: removed ones count until the next rebuild."""
        return (len(self._index) if self._index else 0) + len(self._added)

    def payloads(self) -> NDArray[np.uint64]:
        """Whose hashes there are, without those removed."""
        with self._lock:
            index, removed, added = self._index, self._removed, self._added
        held = index.payloads() if index else np.empty(0, np.uint64)
        gone = np.fromiter(removed, dtype=np.uint64)
        return np.union1d(held[~np.isin(held, gone)], np.fromiter(added, dtype=np.uint64))

    def add(self, entries: Iterable[tuple[int, bytes]], *, sync: bool = True) -> None:
        """Put (payload, hash of 32 bytes) into the bank; a payload that is there gets the new hash.

        Without ``sync`` a crash of the machine, not of the process, may lose it.
        """
        self._append((_record(_ADD, payload, value) for payload, value in entries), sync=sync)

    def remove(self, payloads: Iterable[int]) -> None:
        """Take the hashes of these payloads out of the bank."""
        self._append(_record(_REMOVE, payload, bytes(32)) for payload in payloads)

    def replace(self, hashes: NDArray[np.uint8], payloads: NDArray[np.uint64]) -> None:
        """Make the bank hold exactly these (rows x 32 bytes, and a payload each), whatever it held."""
        self._rebuild(lambda: (hashes, payloads))

    def refill(self, read: Callable[[], Columns], *, keep_recent: bool) -> None:
        """Make the bank hold what ``read`` gives, whatever it held, damaged files included.

        ``read`` is called when additions go to a new journal already: none of them is lost. With ``keep_recent`` those
        of the journals before stay too, since the transaction they belong to may be one that ``read`` does not see.
        """
        self._rebuild(read, keep_recent=keep_recent)

    def verify(self) -> None:
        """Read the whole index and compare it with its checksum; raises BadIndex."""
        self.refresh()
        if self._index is not None:
            self._index.verify()

    def rebuild(self) -> None:
        """Merge the journals into the index. Searches and additions go on meanwhile."""
        self._rebuild(None)

    def search(self, value: bytes, distance: int = MATCH_DISTANCE) -> list[Match]:
        """The matches of one hash, the nearest first."""
        return self.search_many([value], distance)[0]

    def search_many(self, values: Sequence[bytes], distance: int = MATCH_DISTANCE) -> list[list[Match]]:
        """The matches of each of the hashes, the nearest first."""
        with self._lock:  # what is looked at here is replaced, never changed
            index, removed, added, recent = self._index, self._removed, self._added, self._recent
        answers = index.search_many(values, distance) if index else [[] for _ in values]
        if removed or added:
            answers = [
                [one for one in row if one.payload not in removed and one.payload not in added] for row in answers
            ]
        if recent is not None:
            words, payloads = recent
            for row, value in zip(answers, values, strict=True):
                query = words_of(np.frombuffer(value, dtype=np.uint8)[None, :])
                bits = np.bitwise_count(words ^ query).sum(axis=1, dtype=np.int64)
                for at in np.flatnonzero(bits <= distance).tolist():
                    payload, held = int(payloads[at]), bytes_of(words[at : at + 1]).tobytes()
                    if added.get(payload) == held:  # else it got another hash since, or was removed
                        row.append(Match(payload, held, int(bits[at])))
                row.sort(key=lambda one: one.distance)
        return answers

    def refresh(self) -> None:
        """Take up what other processes added or rebuilt."""
        with self._lock:
            while True:
                self._open_newest()
                self._read_journals()
                journal, newest = self._path(self._generation()).exists(), self._newest()
                if newest is None or newest == self._stamp:  # else a rebuild deleted journals before they were read
                    self._is_whole = self._index is not None and newest is not None and journal
                    return

    def _newest(self) -> tuple[int, int] | None:
        try:
            stat = (self._folder / "index").stat()
        except FileNotFoundError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    def _open_newest(self) -> None:
        stamp = self._newest()
        if stamp is not None and stamp != self._stamp:
            self._index, self._stamp = PhotoIndex(self._folder / "index"), stamp
            self._read, self._added, self._removed, self._recent = {}, {}, set(), None

    def _read_journals(self) -> None:
        records = []
        for number in self._journals():
            more, self._read[number] = _read(self._path(number), self._read.get(number, 0))
            records += more
        if not records:
            return
        added, removed = dict(self._added), set(self._removed)
        fresh: dict[tuple[int, bytes], None] = {}
        for what, payload, value in records:
            if what == _ADD:
                if added.get(payload) != value:
                    fresh[payload, value] = None
                added[payload] = value
                removed.discard(payload)
            else:
                added.pop(payload, None)
                removed.add(payload)
        self._added, self._removed = added, removed
        # A hash that came, went and came again would stand in two rows: then all rows are made anew.
        again = self._recent is not None and any(what == _REMOVE for what, _payload, _value in records)
        self._recent = _columns(list(added.items())) if again or removed else _joined(self._recent, list(fresh))

    def _generation(self) -> int:
        return self._index.generation if self._index is not None else 0

    def _path(self, number: int) -> Path:
        return self._folder / f"journal-{number}"

    def _journals(self) -> list[int]:
        """Numbers of the journals the index does not contain, in order."""
        numbers = (path.name.removeprefix("journal-") for path in self._folder.glob("journal-*"))
        return sorted(int(number) for number in numbers if number.isdigit() and int(number) >= self._generation())

    def _forget_damaged(self) -> None:
        """An index that cannot be opened is as good as none. Its number is lost with it: the last journal's goes on."""
        try:
            self._open_newest()
        except BadIndex:
            (self._folder / "index").unlink(missing_ok=True)
            self._index = self._stamp = None

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with (self._folder / name).open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _append(self, records: Iterable[bytes], *, sync: bool = True) -> None:
        with self._alone("append.lock"):
            self.refresh()
            number = (self._journals() or [self._generation()])[-1]
            with self._path(number).open("ab") as file:
                file.truncate(self._read.get(number, 0))  # what lies behind was torn by a process killed while it wrote
                file.writelines(records)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
        self.refresh()

    def _rebuild(self, instead: Callable[[], Columns] | None, *, keep_recent: bool = False) -> None:
        with self._alone("rebuild.lock"):
            with self._alone("append.lock"):  # from here on additions go to a journal this rebuild does not read
                if instead:
                    self._forget_damaged()
                self.refresh()
                following = max([self._generation(), *self._journals()]) + 1
                self._path(following).touch()
                index, added, removed = self._index, self._added, self._removed
            if instead is None:
                hashes, payloads = _merge(index, added, removed)
            else:
                hashes, payloads = instead()
                if keep_recent:
                    hashes, payloads = _with((hashes, payloads), added)
            build(self._folder / "index", hashes, payloads, generation=following)
            for path in self._folder.glob("journal-*"):
                if int(path.name.removeprefix("journal-")) < following:
                    path.unlink(missing_ok=True)
        self.refresh()


def _with(columns: Columns, added: dict[int, bytes]) -> Columns:
    hashes, payloads = columns
    more = {payload: added[payload] for payload in added.keys() - set(payloads.tolist())} if added else {}
    joined = np.frombuffer(b"".join(more.values()), dtype=np.uint8).reshape(-1, 32)
    return np.concatenate((hashes, joined)), np.concatenate((payloads, np.fromiter(more, dtype=np.uint64)))


def _merge(index: PhotoIndex | None, added: dict[int, bytes], removed: set[int]) -> Columns:
    hashes, payloads = index.entries() if index else (np.empty((0, 32), np.uint8), np.empty(0, np.uint64))
    gone = np.fromiter(removed | added.keys(), dtype=np.uint64)
    stay = ~np.isin(payloads, gone)
    more = np.frombuffer(b"".join(added.values()), dtype=np.uint8).reshape(-1, 32)
    return np.concatenate((hashes[stay], more)), np.concatenate((payloads[stay], np.fromiter(added, dtype=np.uint64)))


def _columns(entries: Sequence[tuple[int, bytes]]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]] | None:
    if not entries:
        return None
    joined = np.frombuffer(b"".join(value for _payload, value in entries), dtype=np.uint8).reshape(-1, 32)
    return words_of(joined), np.array([payload for payload, _value in entries], dtype=np.uint64)


def _joined(
    before: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None, entries: Sequence[tuple[int, bytes]]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]] | None:
    more = _columns(entries)
    if before is None or more is None:
        return before or more
    return np.concatenate((before[0], more[0])), np.concatenate((before[1], more[1]))


def _record(what: bytes, payload: int, value: bytes) -> bytes:
    if len(value) != 32:
        raise ValueError("A PDQ hash has 32 bytes.")
    body = what + bytes(3) + payload.to_bytes(8, "little") + value
    return body + zlib.crc32(body).to_bytes(4, "little")


def _read(path: Path, done: int) -> tuple[list[tuple[bytes, int, bytes]], int]:
    """The whole, sound records of a journal after ``done`` bytes, and how far it is read then."""
    try:
        with path.open("rb") as file:
            file.seek(done)
            raw = file.read()
    except FileNotFoundError:  # merged and deleted between listing and opening
        return [], done
    records = []
    for at in range(0, len(raw) - _RECORD + 1, _RECORD):
        body, check = raw[at : at + _RECORD - 4], raw[at + _RECORD - 4 : at + _RECORD]
        if zlib.crc32(body) != int.from_bytes(check, "little"):
            break
        records.append((body[:1], int.from_bytes(body[4:12], "little"), body[12:44]))
    return records, done + len(records) * _RECORD
