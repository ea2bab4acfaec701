"""`fairboard bench photos`: PDQ of a photo, and near hashes found in banks of a million and ten million.

Recall is against comparing every hash of the bank in numpy, and faiss answers the same queries in the same run.
"""

import io
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from fairboard.bench.report import Report, median
from fairboard.screening.photos import pdq
from fairboard.screening.photos.digests import fingerprint
from fairboard.screening.photos.index import PhotoIndex, build

DISTANCE = 31
MOST_MULTI_HASH = 2_000_000
"""faiss' multi-hash index keeps a table of lists a chunk: beyond, it needs more memory than a small machine has."""

Hashes = NDArray[np.uint8]


def run(seed: int, runs: int, quick: bool, err: Console) -> Report:
    """Photos a second; look-ups a second, memory and recall by size of the bank, beside faiss on one thread."""
    sizes = (20_000, 200_000) if quick else (1_000_000, 10_000_000)
    report = Report("photos", {"hashes": " ".join(f"{size:,}" for size in sizes), "seed": seed, "runs": runs})
    random = np.random.default_rng(seed)
    faiss.omp_set_num_threads(1)
    _photos(report, random, runs)
    for size in sizes:
        err.print(f"A bank of {size:,} hashes", style="dim")
        _bank(report, random, size, runs, spread_evenly(random, size), "even")
    _bank(report, random, sizes[0], runs, crowded(random, sizes[0]), "crowded")
    report.notes.append(
        "per_s: look-ups a second, 2,050 at once, one thread; ms: one alone. found: of the matches that comparing "
        "every hash finds, and + those it does not. crowded: a third copies, a fifth half zero, a hundredth flat."
    )
    return report


def spread_evenly(random: np.random.Generator, size: int) -> Hashes:
    """Unrelated hashes."""
    return random.integers(0, 256, (size, 32), dtype=np.uint8)


def crowded(random: np.random.Generator, size: int) -> Hashes:
    """Clusters of near copies, hashes that share half of their bits, and one hash very often."""
    hashes = spread_evenly(random, size)
    third, fifth = size // 3, size // 5
    flips = np.packbits(random.random((third, 256), dtype=np.float32) < 0.04, axis=1)
    hashes[:third] = hashes[random.integers(0, max(1, size // 300), third)] ^ flips
    hashes[third : third + fifth, :16] = 0
    hashes[third + fifth : third + fifth + size // 100] = 0
    return hashes


def asked(random: np.random.Generator, hashes: Hashes, count: int) -> Hashes:
    """Copies of hashes of the bank, with 0 to 40 bits turned over."""
    bits = np.unpackbits(hashes[random.integers(0, len(hashes), count)], axis=1)
    for number, row in enumerate(bits):
        row[random.choice(256, number % 41, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def _photos(report: Report, random: np.random.Generator, runs: int) -> None:
    small = Image.fromarray(random.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    photo = small.resize((1600, 1200), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=88)
    raw = buffer.getvalue()
    work: tuple[tuple[str, Callable[[], object]], ...] = (
        ("PDQ, 1600 x 1200 decoded", lambda: pdq.compute(photo)),
        ("PDQ and its seven forms", lambda: pdq.dihedral(photo)),
        ("decode JPEG, PDQ, SHA-256, MD5", lambda: fingerprint(raw)),
    )
    for what, act in work:
        act()
        times = [_seconds(act) for _ in range(10 * runs)]
        report.add(what=what, per_s=1 / median(times), ms=median(times) * 1e3)


def _bank(report: Report, random: np.random.Generator, size: int, runs: int, hashes: Hashes, name: str) -> None:
    payloads = np.arange(size, dtype=np.uint64)
    queries = asked(random, hashes, 2_050)
    proven = queries[: 205 if size <= 1_000_000 else 82]
    true = _brute(hashes, proven)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        built = _seconds(lambda: build(path, hashes, payloads))
        opened = _seconds(lambda: PhotoIndex(path))
        before = _resident()
        index = PhotoIndex(path)
        found = _pairs(index, proven)
        index.find(queries)
        rates = [len(queries) / _seconds(lambda: index.find(queries)) for _ in range(runs)]
        single = [_seconds(lambda one=one: index.find(queries[one : one + 1])) for one in range(200)]  # type: ignore[misc]
        report.add(
            what=f"Fairboard, {name}", hashes=f"{size:,}", per_s=median(rates), ms=median(single) * 1e3, build_s=built,
            file_mb=path.stat().st_size / 1e6, ram_mb=_resident() - before, found=_score(found, true),
        )  # fmt: skip
        report.notes.append(f"Opening the file of {size:,} hashes ({name}) took {opened * 1e3:.1f} ms.")
    _faiss(report, size, hashes, queries[: 205 if size <= 1_000_000 else 41], proven, true, name)


def _faiss(
    report: Report, size: int, hashes: Hashes, queries: Hashes, proven: Hashes, true: set[Any], name: str
) -> None:
    kinds: list[tuple[str, Any]] = [("faiss flat", faiss.IndexBinaryFlat(256))]
    if size <= MOST_MULTI_HASH and name == "even":
        several = faiss.IndexBinaryMultiHash(256, 16, 16)
        several.nflip = 1
        kinds.append(("faiss multi-hash 16 x 16", several))
    for what, index in kinds:
        before = _resident()
        built = _seconds(lambda index=index: index.add(hashes))  # type: ignore[misc]
        rate = len(queries) / _seconds(lambda index=index: index.range_search(queries, DISTANCE + 1))  # type: ignore[misc]
        limits, _, rows = index.range_search(proven, DISTANCE + 1)
        found: set[Any] = {
            (number, int(row))
            for number in range(len(proven))
            for row in rows[int(limits[number]) : int(limits[number + 1])]
        }
        report.add(
            what=f"{what}, {name}", hashes=f"{size:,}", per_s=rate, build_s=built, ram_mb=_resident() - before,
            found=_score(found, true),
        )  # fmt: skip


def _brute(hashes: Hashes, queries: Hashes) -> set[tuple[int, int]]:
    """Every (query, row) within the distance, by comparing all, a block at a time."""
    words, wanted = hashes.view(np.uint64), queries.view(np.uint64)
    found = set[tuple[int, int]]()
    for start in range(0, len(words), 50_000):
        block = words[start : start + 50_000]
        for number, query in enumerate(wanted):
            bits = np.bitwise_count(block ^ query).sum(axis=1, dtype=np.uint16)
            found.update((number, int(row) + start) for row in np.flatnonzero(bits <= DISTANCE))
    return found


def _pairs(index: PhotoIndex, queries: Hashes) -> set[tuple[int, int]]:
    rows = index.search_many([query.tobytes() for query in queries], DISTANCE)
    return {(number, one.payload) for number, row in enumerate(rows) for one in row}


def _score(found: set[Any], true: set[Any]) -> str:
    more = len(found - true)
    return f"{len(found & true):,}/{len(true):,}" + (f" +{more:,}" if more else "")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _resident() -> float:
    """Megabytes this process holds in memory now, mapped files that were looked at included."""
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * resource.getpagesize() / 1e6
