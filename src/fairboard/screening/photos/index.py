"""Exact search for near hashes among millions: one file, mapped into memory, read-only, replaced as a whole.

A file holds the distinct hashes in order, whose they are (``payloads``, numbers that mean something to the caller),
and for each chunk the hashes sorted by it. Opening reads one page; nothing else is loaded until it is looked up.
"""

import json
import mmap
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairboard.screening.photos.chunks import (
    MOST_FLIPS,
    Words,
    bytes_of,
    cheapest_flips,
    chunks_for,
    even_flips,
    layout,
    masks,
    words_of,
)
from fairboard.screening.photos.fingerprint import MATCH_DISTANCE

_MAGIC = b"FBPHOTO1"
_HEADER = 8192
_ALIGN = 64
_BATCH = 128
_AT_ONCE = 2_000_000
_BLOCK = 16_384
_HALVES = (slice(0, 2), slice(2, 4))
_SCAN_GAIN = 10
"""Comparing one hash after the other is about so many times cheaper a hash than picking them."""

_CHECKED_AT_ONCE = 16_000_000
"""Bytes up to which a file is compared with its checksum when it is opened (some 10 ms); larger ones by `verify`."""

_SMALL = 30_000
"""Comparing all of so few takes less time than planning."""


class BadIndex(ValueError):
    """The file is no index, or is damaged; rebuild it from the bank's entries."""


@dataclass(frozen=True, slots=True)
class Match:
    """A hash of the bank near the one looked up: whose it is, and in how many bits they differ."""

    payload: int
    value: bytes
    distance: int


@dataclass(frozen=True)
class Found:
    """Matches of many look-ups as equally long columns: query number, row of the index, distance."""

    query: NDArray[np.int64]
    row: NDArray[np.int64]
    distance: NDArray[np.int64]


def build(
    path: Path,
    hashes: NDArray[np.uint8],
    payloads: NDArray[np.uint64],
    *,
    generation: int = 0,
    chunks: int | None = None,
) -> None:
    """Write an index of hashes (rows x 32 bytes) and replace the file in one step.

    A process that is killed meanwhile leaves the old file as it was, and a ``.part`` that the next build overwrites.
    Needs about 100 bytes of memory a hash.
    """
    words, first, payloads = _distinct(words_of(hashes), payloads)
    cut = layout(chunks or chunks_for(len(words)))
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        file.write(bytes(_HEADER))
        places: dict[str, Any] = {}
        for name, values in (("front", words[:, :2]), ("back", words[:, 2:]), ("first", first), ("payloads", payloads)):
            places[name] = _append(file, values)
        for number, chunk in enumerate(cut):
            keys = chunk.of(words)
            places[f"sorted{number}"] = _append(
                file,
                (np.sort((keys.astype(np.uint64) << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64))).astype(
                    np.uint32
                ),
            )
            begins = np.zeros((1 << chunk.length) + 1, dtype=np.uint32)
            np.cumsum(np.bincount(keys, minlength=1 << chunk.length), out=begins[1:])
            places[f"begins{number}"] = _append(file, begins)
        file.flush()
        header = {
            "count": len(words), "chunks": len(cut), "generation": generation, "places": places,
            "sum": _sum_of(partial), "bytes": file.tell(),
        }  # fmt: skip
        raw = json.dumps(header, separators=(",", ":")).encode()
        file.seek(0)
        file.write(_MAGIC + len(raw).to_bytes(4, "little") + zlib.crc32(raw).to_bytes(4, "little") + raw)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    _sync_folder(path.parent)


def _sum_of(path: Path) -> int:
    """The checksum of everything behind the header."""
    total = 0
    with path.open("rb") as file:
        file.seek(_HEADER)
        while piece := file.read(1 << 20):
            total = zlib.crc32(piece, total)
    return total


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _append(file: Any, values: NDArray[Any]) -> list[Any]:
    file.write(bytes(-file.tell() % _ALIGN))
    start = file.tell()
    np.ascontiguousarray(values).tofile(file)
    file.seek(0, os.SEEK_END)
    return [values.dtype.str, list(values.shape), start]


def _distinct(words: Words, payloads: NDArray[np.uint64]) -> tuple[Words, NDArray[np.uint32], NDArray[np.uint64]]:
    """Each hash once, in order, with where its payloads begin."""
    order = np.argsort(words[:, 0])
    words = words[order]
    if len(words) > 1:
        same = words[1:, 0] == words[:-1, 0]
        tied = np.flatnonzero(np.concatenate(([False], same)) | np.concatenate((same, [False])))
        if len(tied):
            again = tied[np.lexsort(tuple(words[tied, column] for column in (3, 2, 1, 0)))]
            words[tied], order[tied] = words[again], order[again]
    new = np.ones(len(words), dtype=bool)
    if len(words):
        new[1:] = (words[1:] != words[:-1]).any(axis=1)
    first = np.append(np.flatnonzero(new), len(words)).astype(np.uint32)
    return words[new], first, payloads.astype(np.uint64)[order]


class PhotoIndex:
    """An opened index. Many threads may look things up at once; the file may be replaced meanwhile."""

    def __init__(self, path: Path) -> None:
        """Map the file; raises BadIndex when it is none, and FileNotFoundError."""
        with path.open("rb") as file:
            head = file.read(_HEADER)
            size = os.fstat(file.fileno()).st_size
            if len(head) < _HEADER or not head.startswith(_MAGIC):
                raise BadIndex(f"{path.name} is not a photo index.")
            length, check = (int.from_bytes(head[at : at + 4], "little") for at in (8, 12))
            raw = head[16 : 16 + length]
            if zlib.crc32(raw) != check:
                raise BadIndex(f"The beginning of {path.name} is damaged.")
            header = json.loads(raw)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if size != header["bytes"]:
            raise BadIndex(f"{path.name} has another length than it was written with.")
        self._path, self._sum = path, header["sum"]
        if size <= _CHECKED_AT_ONCE:
            self.verify()
        arrays = {}
        for name, (kind, shape, start) in header["places"].items():
            count = int(np.prod(shape))
            arrays[name] = np.frombuffer(self._map, dtype=kind, count=count, offset=start).reshape(shape)
        self.generation: int = header["generation"]
        self._chunks = layout(header["chunks"])
        self._front, self._back = arrays["front"], arrays["back"]
        self._first, self._payloads = arrays["first"], arrays["payloads"]
        self._sorted = [arrays[f"sorted{number}"] for number in range(len(self._chunks))]
        self._begins = [arrays[f"begins{number}"] for number in range(len(self._chunks))]
        self.bytes = size

    def __len__(self) -> int:
        """How many distinct hashes there are."""
        return len(self._front)

    @property
    def rows(self) -> int:
        """How many payloads there are."""
        return len(self._payloads)

    def payloads(self) -> NDArray[np.uint64]:
        """Every payload."""
        return np.array(self._payloads)

    def verify(self) -> None:
        """Read all of it and compare it with its checksum; raises BadIndex."""
        if zlib.crc32(memoryview(self._map)[_HEADER:]) != self._sum:
            raise BadIndex(f"{self._path.name} is damaged.")

    def entries(self) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        """Every hash (rows x 32 bytes) and its payload, a row for each payload."""
        words = np.hstack((self._front, self._back))
        times = self._first[1:] - self._first[:-1]
        return bytes_of(np.repeat(words, times, axis=0)), np.array(self._payloads)

    def search(self, value: bytes, distance: int = MATCH_DISTANCE) -> list[Match]:
        """The matches of one hash, the nearest first."""
        return self.search_many([value], distance)[0]

    def search_many(self, values: Sequence[bytes], distance: int = MATCH_DISTANCE) -> list[list[Match]]:
        """The matches of each of the hashes, the nearest first."""
        found = self.find(np.frombuffer(b"".join(values), dtype=np.uint8).reshape(-1, 32), distance)
        answers: list[list[Match]] = [[] for _ in values]
        for query, row, bits in zip(found.query.tolist(), found.row.tolist(), found.distance.tolist(), strict=True):
            value = bytes_of(np.concatenate((self._front[row], self._back[row]))[None, :]).tobytes()
            owners = self._payloads[self._first[row] : self._first[row + 1]].tolist()
            answers[query].extend(Match(payload, value, bits) for payload in owners)
        return answers

    def find(self, hashes: NDArray[np.uint8], distance: int = MATCH_DISTANCE) -> Found:
        """The matches of hashes (rows x 32 bytes) by query, the nearest first, as columns."""
        words, parts = words_of(hashes), []
        flips = even_flips(self._chunks, distance)
        for start in range(0, len(words), _BATCH):
            some = words[start : start + _BATCH]
            if not len(self) or flips is None:
                part = [self._scan(some, number, distance) for number in range(len(some))] if len(self) else []
            else:
                part = self._look_up(some, distance, flips)
            parts += [(query + start, row, bits) for query, row, bits in part if len(row)]
        if not parts:
            nothing = np.empty(0, dtype=np.int64)
            return Found(nothing, nothing, nothing)
        query, row, bits = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
        key = np.unique((query << 32) | row, return_index=True)[1]  # a near hash is met in more than one chunk
        key = key[np.lexsort((row[key], bits[key], query[key]))]
        return Found(query[key], row[key], bits[key])

    # Each part of a search is (numbers of queries, rows, distances).

    def _look_up(self, words: Words, distance: int, flips: tuple[int, ...]) -> list[Any]:
        spans = [self._spans(number, words, count) for number, count in enumerate(flips)]
        cost = sum(counts.sum(axis=1, dtype=np.int64) for _, counts in spans if counts.size)
        usual = sum(
            counts.shape[1] * len(self) >> self._chunks[number].length for number, (_, counts) in enumerate(spans)
        )
        heavy = cost > 4 * usual + 10_000
        light = np.flatnonzero(~heavy)
        parts = []
        for number, (begins, counts) in enumerate(spans):
            if counts.size and len(light):
                parts += self._compare(number, words, light, begins[light], counts[light], distance)
        for query in np.flatnonzero(heavy).tolist():
            if len(self) < _SMALL:
                parts.append(self._scan(words, query, distance))
            else:
                parts += self._look_up_heavy(words, query, distance)
        return parts

    def _look_up_heavy(self, words: Words, query: int, distance: int) -> list[Any]:
        """A hash with chunks that very many share, such as a flat picture's: other chunks are looked up further."""
        one, number_of = words[query : query + 1], range(len(self._chunks))
        spans = [[self._spans(number, one, flips) for flips in range(MOST_FLIPS + 1)] for number in number_of]
        costs = np.array([[0, *(int(counts.sum()) + counts.size // 2 for _, counts in row)] for row in spans])
        cost, flips = cheapest_flips(costs, distance)
        if cost * _SCAN_GAIN > len(self):
            return [self._scan(words, query, distance)]
        parts = []
        for number in number_of:
            if flips[number] >= 0:
                begins, counts = spans[number][flips[number]]
                parts += self._compare(number, words, np.array([query]), begins, counts, distance)
        return parts

    def _spans(self, number: int, words: Words, flips: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Where the hashes begin, and how many there are, that differ from each in up to so many bits of a chunk."""
        if flips < 0:
            return np.empty((len(words), 0), np.uint32), np.empty((len(words), 0), np.uint32)
        chunk = self._chunks[number]
        ways = np.concatenate([masks(chunk.length, count) for count in range(flips + 1)])
        keys = chunk.of(words)[:, None] ^ ways[None, :]
        begins = np.take(self._begins[number], keys)
        return begins, np.take(self._begins[number], keys + np.uint32(1)) - begins

    def _compare(
        self, number: int, words: Words, queries: NDArray[np.int64], begins: Any, counts: Any, distance: int
    ) -> list[Any]:
        """Compare queries with the hashes in their spans of one chunk, some at a time."""
        filled = np.flatnonzero(counts)
        begins, counts, of = begins.ravel()[filled], counts.ravel()[filled], queries[filled // counts.shape[1]]
        ends = np.cumsum(counts, dtype=np.int64)
        parts, done = [], 0
        while done < len(ends):
            before = int(ends[done - 1]) if done else 0
            upto = max(done + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
            some = slice(done, upto)
            total = int(ends[upto - 1]) - before
            lift = begins[some].astype(np.int64) - (ends[some] - counts[some] - before)
            rows = np.take(self._sorted[number], np.repeat(lift, counts[some]) + np.arange(total))
            query = np.repeat(of[some], counts[some])
            bits = _counted(np.take(self._front, rows, axis=0) ^ np.take(words[:, :2], query, axis=0))
            near = np.flatnonzero(bits <= distance)
            rows, query = rows[near], query[near]
            bits = bits[near] + _counted(self._back[rows] ^ words[query, 2:])
            near = np.flatnonzero(bits <= distance)
            parts.append((query[near], rows[near], bits[near]))
            done = upto
        return parts

    def _scan(self, words: Words, query: int, distance: int) -> Any:
        """Compare one query with every hash."""
        front, wanted, behind = self._front.reshape(-1), *(np.tile(words[query, part], _BLOCK) for part in _HALVES)
        differing = np.empty(2 * _BLOCK, dtype=np.uint64)
        rows, bits = [], []
        for start in range(0, len(self), _BLOCK):
            some = front[2 * start : 2 * (start + _BLOCK)]
            first = _counted(np.bitwise_xor(some, wanted[: len(some)], out=differing[: len(some)]))
            near = np.flatnonzero(first <= distance)
            back = np.take(self._back, near + start, axis=0).reshape(-1)
            both = first[near] + _counted(back ^ behind[: len(back)])
            rows.append(near[both <= distance] + start)
            bits.append(both[both <= distance])
        row = np.concatenate(rows)
        return np.full(len(row), query, dtype=np.int64), row, np.concatenate(bits)


def _counted(pairs: NDArray[Any]) -> NDArray[np.uint16]:
    """How many bits are set in each two words: two counts of at most 64, added in the upper half of their product."""
    counts = np.bitwise_count(pairs).reshape(-1).view(np.uint16)
    total: NDArray[np.uint16] = (counts * np.uint16(257)) >> np.uint16(8)
    return total
