"""`python -m fairboard.bench.networks ADS FOLDER`: what the networks add to placing one ad among many.

A fresh database is filled below the gate with ties, identifiers, nodes, networks and text keys of so many ads; then ads
are judged one by one in a transaction each, in turn with the part of the gate and without it. The folder is kept and
used again. Times are of the processor, so that a busy machine gives the same figures; those by the clock stand beside.
"""

import json
import os
import random
import sys
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


def run(ads: int, folder: Path) -> dict[str, Any]:
    """Fill, measure and report: milliseconds a submission, with the part and without, and what each costs alone."""
    os.environ["FAIRBOARD_DATA_DIR"] = str(folder)
    os.environ.pop("FAIRBOARD_DATABASE_URL", None)
    startup.start()
    startup.migrate()
    if not (folder / "filled").exists():
        _fill(ads)
        (folder / "filled").touch()
    return {"ads": ads, "database MiB": round((folder / "fairboard.sqlite3").stat().st_size / 2**20), **_measure()}


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

    times: dict[str, list[float]] = {"with": [], "without": [], "look": [], "keep": []}
    clocked: dict[str, list[float]] = {"with": [], "without": []}
    salt = random.SystemRandom().getrandbits(40)
    part = parts.Part("networks", _timed(networks.look, times["look"]), _timed(networks.keep, times["keep"]))
    for number in range(2 * RUNS):
        is_with = number % 2 == 0
        parts.register(part if is_with else parts.Part("networks"))
        asked = _request(number, salt, Actor("member", f"bench{number:010}", "member"))
        began, clock_began = time.process_time(), time.perf_counter()
        with transaction.atomic():
            gate.review_many(requests=[asked], at=clock.now())
        name = "with" if is_with else "without"
        times[name].append((time.process_time() - began) * 1000)
        clocked[name].append((time.perf_counter() - clock_began) * 1000)
    found = {f"{name} p50 ms": round(sorted(taken)[len(taken) // 2], 3) for name, taken in times.items()}
    found["added ms"] = round(found["with p50 ms"] - found["without p50 ms"], 3)
    found |= {f"{name} p50 ms by the clock": round(sorted(taken)[RUNS // 2], 3) for name, taken in clocked.items()}
    return found


def _timed(act: Any, taken: list[float]) -> Any:
    def timed(*given: Any) -> Any:
        began = time.process_time()
        done = act(*given)
        taken.append((time.process_time() - began) * 1000)
        return done

    return timed


def _request(number: int, salt: int, author: Any) -> Any:
    """An ad of a new member: four photos, words and a number of its own, but every tenth shares one number."""
    from fairboard.safety.parts import Request

    draw = random.Random(salt + number)
    words = " ".join("".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(3, 9))) for _ in range(60))
    phone = "030 1234 5678" if number % 10 == 0 else f"030 {draw.randint(1000, 9999)} {draw.randint(1000, 9999)}"
    fields = {"title": words[:40], "body": f"{words}. Call {phone}"}
    photos = [f"{draw.getrandbits(256):064x}" for _ in range(PHOTOS)]
    return Request(
        "ad", f"{(salt + number) % 10**15:016}", 1, fields, "vehicles/bicycles", "de/berlin", "DE", photos, {}, author
    )


@contextmanager
def _said(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:,.1f} s", file=sys.stderr)


if __name__ == "__main__":
    with _said("filled and measured"):
        print(json.dumps(run(int(sys.argv[1]), Path(sys.argv[2])), indent=1))
