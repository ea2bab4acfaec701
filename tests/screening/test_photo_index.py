"""Near hashes are found exactly, whatever the bank is like, while it changes, and after a process is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fairboard.screening.photos.bank import PhotoBank
from fairboard.screening.photos.chunks import cheapest_flips, even_flips, layout
from fairboard.screening.photos.index import BadIndex, PhotoIndex, build

Hashes = NDArray[np.uint8]


def flipped(hashes: Hashes, flips: NDArray[np.int64], random: np.random.Generator) -> Hashes:
    """Copies of hashes with so many of their bits turned over."""
    table = np.unpackbits(hashes, axis=1)
    for row, count in zip(table, flips, strict=True):
        row[random.choice(256, count, replace=False)] ^= 1
    return np.packbits(table, axis=1)


def bank_of(seed: int, size: int, *, clustered: bool, hub: bool) -> tuple[Hashes, np.random.Generator]:
    """Hashes spread evenly, or around a few; with a hub many share half of their bits, and some are all zero."""
    random = np.random.default_rng(seed)
    hashes = random.integers(0, 256, (size, 32), dtype=np.uint8)
    if clustered:
        hashes = flipped(hashes[random.integers(0, min(4, size), size)], random.integers(0, 20, size), random)
    if hub:
        hashes[: size // 2, : int(random.integers(4, 28))] = 0
        hashes[: size // 10] = 0
    return hashes, random


def brute(bank: Hashes, queries: Hashes, distance: int) -> set[tuple[int, int, int]]:
    table, asked = np.unpackbits(bank, axis=1), np.unpackbits(queries, axis=1)
    bits = (table[None, :, :] != asked[:, None, :]).sum(axis=2)
    return {(int(q), int(p), int(bits[q, p])) for q, p in zip(*np.nonzero(bits <= distance), strict=True)}


def found(index: PhotoIndex | PhotoBank, queries: Hashes, distance: int) -> set[tuple[int, int, int]]:
    rows = index.search_many([row.tobytes() for row in queries], distance)
    for row in rows:
        assert [one.distance for one in row] == sorted(one.distance for one in row)
    return {(q, one.payload, one.distance) for q, row in enumerate(rows) for one in row}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32), size=st.integers(1, 400), clustered=st.booleans(), hub=st.booleans(),
    chunks=st.sampled_from([14, 16, 20]), distance=st.sampled_from([0, 1, 7, 16, 30, 31, 31, 31, 33, 40, 90]),
)  # fmt: skip
def test_it_finds_what_comparing_all_finds(
    tmp_path: Path, seed: int, size: int, clustered: bool, hub: bool, chunks: int, distance: int
) -> None:
    bank, random = bank_of(seed, size, clustered=clustered, hub=hub)
    build(tmp_path / "index", bank, np.arange(size, dtype=np.uint64), chunks=chunks)
    queries = flipped(bank[random.integers(0, size, 41)], np.arange(41), random)
    assert found(PhotoIndex(tmp_path / "index"), queries, distance) == brute(bank, queries, distance)


@pytest.mark.scale
@pytest.mark.parametrize("chunks", [12, 16])
@pytest.mark.parametrize(("clustered", "hub"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_large_bank_misses_nothing(tmp_path: Path, clustered: bool, hub: bool, chunks: int) -> None:
    """Large enough that hubs are looked up by other chunks, and flat pictures by comparing all."""
    bank, random = bank_of(3, 60_000, clustered=clustered, hub=hub)
    build(tmp_path / "index", bank, np.arange(len(bank), dtype=np.uint64), chunks=chunks)
    index = PhotoIndex(tmp_path / "index")
    queries = flipped(bank[random.integers(0, len(bank), 82)], np.tile(np.arange(41), 2), random)
    for start in range(0, 82, 2):
        some = queries[start : start + 2]
        assert found(index, some, 31) == brute(bank, some, 31)


@pytest.mark.parametrize("distance", range(32))
@pytest.mark.parametrize("chunks", [11, 12, 13, 14, 16])
def test_flips_by_chunk_leave_no_hole(chunks: int, distance: int) -> None:
    cut = layout(chunks)
    assert sum(chunk.length for chunk in cut) == 256
    flips = even_flips(cut, distance)
    assert flips is not None
    assert sum(count + 1 for count in flips) == distance + 1
    costs = np.random.default_rng(distance).integers(1, 1000, (chunks, 4)).cumsum(axis=1)
    costs[:, 0] = 0
    cost, cheap = cheapest_flips(costs, distance)
    assert sum(count + 1 for count in cheap) == distance + 1
    assert cost == sum(int(costs[number, count + 1]) for number, count in enumerate(cheap))
    assert cost <= sum(int(costs[number, count + 1]) for number, count in enumerate(flips))


def test_a_hash_may_belong_to_many(tmp_path: Path) -> None:
    build(tmp_path / "index", np.zeros((3, 32), np.uint8), np.array([7, 5, 9], np.uint64))
    assert {one.payload for one in PhotoIndex(tmp_path / "index").search(bytes(32))} == {5, 7, 9}


def test_an_empty_bank_knows_nothing(tmp_path: Path) -> None:
    bank = PhotoBank(tmp_path)
    assert bank.search(bytes(32)) == []
    bank.rebuild()
    assert bank.search(bytes(32)) == []


@pytest.mark.parametrize("damage", [b"", b"something else", None])
def test_a_file_that_is_no_index_is_named(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "index"
    if damage is None:  # its end is missing
        build(path, np.zeros((9, 32), np.uint8), np.arange(9, dtype=np.uint64))
        os.truncate(path, path.stat().st_size // 2)
    else:
        path.write_bytes(damage)
    with pytest.raises(BadIndex, match="index"):
        PhotoBank(tmp_path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("aaarmo"), st.integers(0, 30), st.integers(0, 2**32)), max_size=25))
def test_a_bank_is_what_was_added_and_not_removed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("bank")
    writer, reader, held = PhotoBank(folder), PhotoBank(folder), dict[int, bytes]()
    for act, payload, seed in steps:
        if act == "a":
            held[payload] = np.random.default_rng(seed).bytes(32)
            writer.add([(payload, held[payload])])
        elif act == "r":
            held.pop(payload, None)
            writer.remove([payload])
        elif act == "m":
            writer.rebuild()
        else:
            writer = PhotoBank(folder)
        for value in held.values():
            assert {one.payload for one in writer.search(value)} == {p for p, other in held.items() if other == value}
    reader.refresh()
    assert {p for value in held.values() for p in (one.payload for one in reader.search(value))} == set(held)
    every = reader.search(bytes(32), 256)
    assert sorted(one.payload for one in every) == sorted(held)


def test_a_torn_record_is_dropped_and_written_over(tmp_path: Path) -> None:
    bank = PhotoBank(tmp_path)
    bank.add([(1, bytes(32))])
    with (tmp_path / "journal-0").open("ab") as file:
        file.write(b"+" * 30)
    bank.add([(2, bytes(32))])
    assert {one.payload for one in PhotoBank(tmp_path).search(bytes(32))} == {1, 2}


def test_readers_miss_nothing_while_the_bank_is_rebuilt(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    hashes = random.integers(0, 256, (3_000, 32), dtype=np.uint8)
    bank = PhotoBank(tmp_path)
    bank.replace(hashes[:2_000], np.arange(2_000, dtype=np.uint64))
    done, missed, written = threading.Event(), list[int](), [2_000]

    def read() -> None:
        own = PhotoBank(tmp_path)
        while not done.is_set():
            until = written[0]
            own.refresh()
            for number in (0, 1_999, until - 1):
                if number not in {one.payload for one in own.search(hashes[number].tobytes())}:
                    missed.append(number)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(2_000, 2_120):
        bank.add([(number, hashes[number].tobytes())])
        written[0] = number + 1
        if number % 10 == 0:
            PhotoBank(tmp_path).rebuild()
    done.set()
    for thread in threads:
        thread.join()
    assert missed == []


WORK = """
import sys, numpy as np
from pathlib import Path
from fairboard.screening.photos.bank import PhotoBank
bank, random, number = PhotoBank(Path(sys.argv[1])), np.random.default_rng(int(sys.argv[2])), int(sys.argv[3])
while True:
    values = [random.bytes(32) for _ in range(5)]
    bank.add([(number + at, value) for at, value in enumerate(values)])
    for at, value in enumerate(values):
        print(number + at, value.hex(), flush=True)
    number += 5
    bank.rebuild()
"""


@pytest.mark.crash
def test_killed_while_rebuilding_nothing_is_lost(tmp_path: Path) -> None:
    """Kill -9 at random moments; every hash whose addition was reported is there, and the bank goes on."""
    random, kept = np.random.default_rng(5), dict[int, str]()
    start = random.integers(0, 256, (20_000, 32), dtype=np.uint8)
    PhotoBank(tmp_path).replace(start, np.arange(len(start), dtype=np.uint64))
    for turn in range(8):
        first = 100_000 * (turn + 1)
        worker = subprocess.Popen(
            [sys.executable, "-c", WORK, str(tmp_path), str(1_000 + turn), str(first)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        kept.update(_row(worker.stdout.readline()))
        time.sleep(float(random.uniform(0, 0.25)))
        worker.send_signal(signal.SIGKILL)
        for line in worker.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                kept.update(_row(line))
        worker.wait()
        bank = PhotoBank(tmp_path)
        for payload, value in kept.items():
            assert payload in {one.payload for one in bank.search(bytes.fromhex(value))}
        assert bank.search(start[turn].tobytes())[0].payload == turn
    bank.rebuild()
    assert bank.pending == 0
    assert sorted(path.name for path in tmp_path.glob("journal-*"))[:-1] == []


def _row(line: str) -> dict[int, str]:
    payload, value = line.split()
    return {int(payload): value}
