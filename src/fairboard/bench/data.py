"""A market with many generated ads, made once through the real services and kept."""

import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from rich.console import Console

SELLERS = 250
BATCH = 1_000


def folder(base: Path, ads: int, seed: int, console: Console) -> Path:
    """The data folder with ``ads`` ads, built when it is not there or not complete."""
    path = base / f"{ads}-{seed}"
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(path), "FAIRBOARD_DEMO": "0"}
    environment.pop("FAIRBOARD_DATABASE_URL", None)
    if (path / "complete").exists():
        # Built by an earlier version perhaps: bring schema and static files up to date, as `fairboard run` does.
        subprocess.run([sys.executable, "-m", "fairboard.cli.prepare"], env=environment, check=True)
    else:
        console.print(f"Building a market of {ads:,} ads in {path} (once)", markup=False)
        command = [sys.executable, "-m", "fairboard.bench.data", str(ads), str(seed)]
        subprocess.run(command, env=environment, check=True)
        (path / "complete").touch()
    return path


def copy(path: Path) -> Path:
    """A copy that may be written to; remove it with `shutil.rmtree`."""
    target = path.with_name(f"{path.name}-copy-{os.getpid()}")
    shutil.copytree(path, target)
    return target


def build(ads: int, seed: int) -> None:
    """Fill the data folder of this process; interrupted, it goes on where it was."""
    from fairboard.kit import startup

    startup.start()
    startup.migrate()
    startup.collect_static_files()

    from fairboard.demo.generate import ads as generated
    from fairboard.kit import clock, tasks
    from fairboard.kit.actors import Actor
    from fairboard.market import index
    from fairboard.market.services.bulk import Row, submit_many

    operator = Actor.system("bench")
    sellers = _sellers(operator)
    progress = Path(os.environ["FAIRBOARD_DATA_DIR"]) / "progress"
    start = int(progress.read_text()) if progress.exists() else 0
    now, began = clock.now(), time.monotonic()
    for first in range(start, ads, BATCH):
        batch = generated(seed=seed, count=min(BATCH, ads - first), start=first)
        rows = [Row(one.draft, sellers[one.seller], one.external_id, "bench") for one in batch]
        submit_many(rows=rows, at=now - timedelta(seconds=ads - first), actor=operator)
        progress.write_text(str(first + len(rows)))
        if first // BATCH % 20 == 0:
            rate = (first + len(rows) - start) / (time.monotonic() - began)
            print(f"  {first + len(rows):,} of {ads:,} ads, {rate:,.0f} a second", file=sys.stderr, flush=True)
    index.optimize()
    tasks.call("market.count_categories")


def _sellers(operator: object) -> list:  # type: ignore[type-arg]
    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services.members import ensure_member

    assert isinstance(operator, Actor)
    ids = [
        ensure_member(actor=operator, email=f"seller{number}@bench.invalid", role="member", at=clock.now())
        for number in range(SELLERS)
    ]
    return [actor_by_id(one) for one in ids]


if __name__ == "__main__":
    build(int(sys.argv[1]), int(sys.argv[2]))
