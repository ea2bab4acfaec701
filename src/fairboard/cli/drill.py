"""`fairboard drill`: a planted network among ordinary ads, found, decided, reported; what came of it in a table."""

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Annotated

import typer

from fairboard.cli.output import err, out
from fairboard.kit import clock, startup

USER, PASSWORD = "drill", "drill"


def drill(
    ads: Annotated[int, typer.Option(help="How many ordinary ads there are.", min=100)] = 100_000,
    seed: Annotated[int, typer.Option(help="Seed of the ads and of the network.")] = 1,
    data: Annotated[Path, typer.Option(help="Where its market is made; emptied first.")] = Path("bench-results/drill"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play an exploitation network through the whole desk, with a fake CyberTipline; exit 1 if anything fails."""
    folder = data.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    from fairboard.safety.cybertip.fake import FakeTipline

    tipline = FakeTipline(("127.0.0.1", 0), folder / "tipline", user=USER, password=PASSWORD)
    threading.Thread(target=tipline.serve_forever, daemon=True).start()
    for name in [name for name in os.environ if name.startswith("FAIRBOARD_")]:
        del os.environ[name]
    os.environ.update(
        FAIRBOARD_DATA_DIR=str(folder), FAIRBOARD_CYBERTIP_URL=tipline.url, FAIRBOARD_CYBERTIP_USER=USER,
        FAIRBOARD_CYBERTIP_PASSWORD=PASSWORD, FAIRBOARD_STAFF_SECOND_FACTOR="0", FAIRBOARD_LOG_LEVEL="ERROR",
    )  # fmt: skip
    startup.ready()
    from rich.progress import Progress
    from rich.table import Table

    from fairboard.demo.drill import market, steps

    now, results = clock.now(), steps.Results()
    with Progress(console=err) as bar:
        task = bar.add_task("Ads", total=ads)
        built = market.build(count=ads, seed=seed, now=now, progress=lambda done: bar.advance(task, done))
    lead = market.member("lead", now, "safety", ("safety_lead", "child_safety"))
    first, other = market.member("first", now, "safety"), market.member("other", now, "safety")
    network_id = steps.found(built, lead, now, results)
    case_id = steps.cased(network_id, built, lead, now, results)
    steps.evidenced(network_id, case_id, lead, now, results)
    steps.reported(case_id, lead, now, tipline, results)
    steps.mended(built.people[0], first, other, now, results)
    steps.proven(now, results)
    tipline.shutdown()
    if as_json:
        print(json.dumps({"ads": ads, "seed": seed, "rows": results.rows}))
    else:
        table = Table("what", "seen", "asked for", "ok", title=f"drill: {ads:,} ordinary ads, seed {seed}")
        for row in results.rows:
            table.add_row(*row.values())
        out.print(table)
    raise typer.Exit(0 if results.are_good else 1)
