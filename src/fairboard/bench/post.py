"""`fairboard bench post`: placing ads against a full market, with and without the gate, alone and by four."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

from rich.console import Console

from fairboard.bench import data
from fairboard.bench.report import Report, quantile
from fairboard.kit import startup as django_start

WRITERS = 4


def run(ads: int, seed: int, runs: int, base: Path, console: Console, posts: int = 10_000) -> Report:
    """Milliseconds a post takes; errors of four writers at once."""
    folder = data.copy(data.folder(base, ads, seed, console))
    report = Report("post", {"ads": ads, "seed": seed, "runs": runs, "posts": posts})
    try:
        for photos in (0, 4):
            with_gate, without = _in_process(folder, ["single", str(runs), str(photos)])
            for what, times in (("with the gate", with_gate), ("without", without)):
                report.add(
                    what=f"text and {photos} photos, {what}", p50_ms=quantile(times, 0.5), p99_ms=quantile(times, 0.99)
                )
            report.add(
                what=f"the gate adds ({photos} photos)", p50_ms=quantile(with_gate, 0.5) - quantile(without, 0.5)
            )
        _four_writers(folder, posts, report)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report


def _in_process(folder: Path, arguments: list[str]) -> Any:
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "fairboard.bench.post", *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _four_writers(folder: Path, posts: int, report: Report) -> None:
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(folder)}
    began = time.perf_counter()
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "fairboard.bench.post", "writer", str(number), str(posts // WRITERS)],
            env=environment, stdout=subprocess.PIPE, text=True,
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    answers = [json.loads(writer.communicate()[0]) for writer in writers]
    elapsed = time.perf_counter() - began
    times = [value for answer in answers for value in answer["times"]]
    errors = [error for answer in answers for error in answer["errors"]]
    report.add(
        what=f"{WRITERS} writers, {posts:,} posts", p50_ms=quantile(times, 0.5), p99_ms=quantile(times, 0.99),
        rate=len(times) / elapsed, errors=len(errors),
    )  # fmt: skip
    report.notes.append(f"errors: {errors[:3] if errors else 'none'}")


def _members(prefix: str, count: int) -> list[Any]:
    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services.members import ensure_member

    operator = Actor.system("bench")
    return [
        actor_by_id(ensure_member(actor=operator, email=f"{prefix}{n}@bench.invalid", role="member", at=clock.now()))
        for n in range(count)
    ]


def single(count: int, photos: int) -> None:
    """Post ``count`` ads with the gate and as many without; prints both lists of times in ms."""
    django_start.start()
    from fairboard.safety import gate

    def waved_through(*, requests: Any, at: Any) -> list[gate.Review]:
        return [gate.Review("", "allow", (), None) for _ in requests]

    with_gate = _post_many(f"gate{photos}-", count, photos, 900_000_000)
    with mock.patch.object(gate, "review_many", waved_through):
        without = _post_many(f"nogate{photos}-", count, photos, 910_000_000)
    print(json.dumps([with_gate, without]))


def _post_many(prefix: str, count: int, photos: int, start: int) -> list[float]:
    from dataclasses import replace

    from fairboard.demo.generate import ads
    from fairboard.demo.pictures import photo_bytes
    from fairboard.kit import clock
    from fairboard.market.services.photos import add_photo
    from fairboard.market.services.posting import submit

    members = _members(prefix, 1 + count // 20)
    times = []
    for number, one in enumerate(ads(seed=99, count=count, start=start)):
        actor = members[number // 20]
        shown = [
            add_photo(actor=actor, raw=photo_bytes(one.scene, variant), at=clock.now()).id for variant in range(photos)
        ]
        began = time.perf_counter()
        submit(actor=actor, draft=replace(one.draft, photos=shown), at=clock.now())
        times.append((time.perf_counter() - began) * 1000)
    return times[5:]


def writer(number: int, count: int) -> None:
    """One of several processes that post at once; prints times and errors."""
    django_start.start()
    from django.db import DatabaseError
    from django.urls import reverse

    from fairboard.demo.generate import ads
    from fairboard.kit import clock
    from fairboard.market.services.posting import submit

    members = _members(f"writer{number}-", 1 + count // 25)
    reverse("web:home")  # a web worker has loaded the addresses of its pages long before
    times: list[float] = []
    errors: list[str] = []
    for at, one in enumerate(ads(seed=98, count=count, start=920_000_000 + number * 1_000_000)):
        began = time.perf_counter()
        try:
            submit(actor=members[at // 25], draft=one.draft, at=clock.now())
        except DatabaseError as error:
            errors.append(str(error))
        times.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"times": times, "errors": errors}))


if __name__ == "__main__":
    if sys.argv[1] == "single":
        single(int(sys.argv[2]), int(sys.argv[3]))
    else:
        writer(int(sys.argv[2]), int(sys.argv[3]))
