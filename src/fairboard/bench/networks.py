"""`python -m fairboard.bench.networks ADS`: what the networks add to placing one ad among many.

A fresh database is filled below the gate with ties, identifiers, nodes, networks and text keys of so many ads; then ads
are judged one by one in a transaction each, in turn with the part of the gate and without it.
"""

import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fairboard.kit import startup

PHOTOS = 4
KEYS = 10
RUNS = 300
BATCH = 20_000


def run(ads: int) -> dict[str, Any]:
    """Fill, measure and report: milliseconds a submission, with the part and without, and what each costs alone."""
    folder = Path(tempfile.mkdtemp(prefix="fairboard-networks-"))
    os.environ["FAIRBOARD_DATA_DIR"] = str(folder)
    os.environ.pop("FAIRBOARD_DATABASE_URL", None)
    try:
        startup.start()
        startup.migrate()
        _fill(ads)
        return {"ads": ads, "database MiB": round((folder / "fairboard.sqlite3").stat().st_size / 2**20), **_measure()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(ads: int) -> None:
    from django.db import connection, transaction

    draw = random.Random(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO safety_network (id, public_id, size, members, places, growth, refused, rhythm, risk, "
            "stands_out, case_id, cased_size) VALUES (1, 'n', 40, 12, 6, 40, 0, 0, 0.5, 1, '', 0)"
        )
    for first in range(1, ads + 1, BATCH):
        numbers = range(first, min(first + BATCH, ads + 1))
        ties = [(draw.getrandbits(63), at) for at in numbers for _ in range(PHOTOS + 1)]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO safety_tie (key, kind, subject_kind, subject_id, author_id, place, at) "
                "VALUES (%s, 'photo', 'ad', %s, %s, 'de/berlin', '2026-01-01 00:00:00')",
                [(key, f"ad{at:014}", f"m{at % 200_000:015}") for key, at in ties],
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO safety_identifier (key, kind, subject_id, ads, members, places) "
                "VALUES (%s, 'photo', %s, 1, 1, 1)", [(key, f"ad{at:014}") for key, at in ties],
            )  # fmt: skip
            cursor.executemany(
                "INSERT INTO safety_networkmember (network_id, subject_kind, subject_id, author_id, place, posted, "
                "is_refused) VALUES (%s, 'ad', %s, %s, 'de/berlin', 1767225600, 0)",
                [(1 if at <= 40 else None, f"ad{at:014}", f"m{at % 200_000:015}") for at in numbers],
            )
            cursor.executemany(
                "INSERT INTO safety_textkey (key, submission_id) VALUES (%s, %s)",
                [(draw.getrandbits(63), at) for at in numbers for _ in range(KEYS)],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _measure() -> dict[str, float]:
    from django.db import transaction

    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.safety import gate, networks, parts

    author = Actor("member", "bench", "member")
    times: dict[str, list[float]] = {"with": [], "without": [], "look": [], "keep": []}
    part = parts.Part("networks", _timed(networks.look, times["look"]), _timed(networks.keep, times["keep"]))
    for number in range(2 * RUNS):
        is_with = number % 2 == 0
        parts.register(part if is_with else parts.Part("networks"))
        asked = _request(number, author)
        began = time.perf_counter()
        with transaction.atomic():
            gate.review_many(requests=[asked], at=clock.now())
        times["with" if is_with else "without"].append((time.perf_counter() - began) * 1000)
    found = {f"{name} p50 ms": round(sorted(taken)[len(taken) // 2], 3) for name, taken in times.items()}
    found["added ms"] = round(found["with p50 ms"] - found["without p50 ms"], 3)
    return found


def _timed(act: Any, taken: list[float]) -> Any:
    def timed(*given: Any) -> Any:
        began = time.perf_counter()
        done = act(*given)
        taken.append((time.perf_counter() - began) * 1000)
        return done

    return timed


def _request(number: int, author: Any) -> Any:
    """An ad with four new photos, a number of its own and words of its own; every tenth shares a number."""
    from fairboard.safety.parts import Request

    draw = random.Random(number)
    words = " ".join("".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(3, 9))) for _ in range(60))
    phone = "030 1234 5678" if number % 10 == 0 else f"030 {draw.randint(1000, 9999)} {draw.randint(1000, 9999)}"
    fields = {"title": words[:40], "body": f"{words}. Call {phone}"}
    photos = [f"{draw.getrandbits(256):064x}" for _ in range(PHOTOS)]
    return Request("ad", f"n{number:015}", 1, fields, "vehicles/bicycles", "de/berlin", "DE", photos, {}, author)


@contextmanager
def _said(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:,.1f} s", file=sys.stderr)


if __name__ == "__main__":
    with _said("filled and measured"):
        print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000), indent=1))
