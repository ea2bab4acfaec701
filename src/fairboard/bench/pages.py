"""`fairboard bench pages`: anonymous pages beside the bare limit and django-classified."""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from fairboard.bench import classified, data, servers
from fairboard.bench.report import Report, median

WORDS = ("oak table", "city bicycle", "winter coat", "corner sofa", "acoustic guitar", "two room")
NEW, SEARCH, AD, HOME = "newest of place and category", "two words in a place", "ad", "home"


def run(ads: int, seed: int, runs: int, base: Path, console: Console, seconds: float = 3.0) -> Report:
    """Requests a second of four pages: uncached, cached, the limit, django-classified."""
    folder = data.folder(base, ads, seed, console)
    report = Report("pages", {"ads": ads, "seed": seed, "runs": runs, "connections": 4, "threads": servers.THREADS})
    wanted = addresses(folder)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as stream:
        stream.write("\n".join(path for paths in wanted.values() for path in paths))
    limit = {"FAIRBOARD_BENCH_ADDRESSES": stream.name, "FAIRBOARD_PAGE_CACHE_SECONDS": "0"}
    results = {}
    console.print("fairboard, no page cache", markup=False)
    results["fairboard"] = _measure(
        "fairboard.wsgi:application", folder, wanted, runs, seconds, FAIRBOARD_PAGE_CACHE_SECONDS="0"
    )
    console.print("fairboard, page cache", markup=False)
    results["cached"] = _measure(
        "fairboard.wsgi:application", folder, wanted, runs, seconds, FAIRBOARD_PAGE_CACHE_SECONDS="60"
    )
    console.print("limit", markup=False)
    results["limit"] = _measure("fairboard.bench.limit:application", folder, wanted, runs, seconds, **limit)
    report.notes.append(_same_bytes(folder, wanted, limit))
    console.print("django-classified", markup=False)
    subprocess.run([sys.executable, "-m", "fairboard.bench.classified", str(folder)], check=True)
    theirs = classified.addresses(folder, [word.split()[1] for word in WORDS])
    results["django-classified"] = _measure(
        "fairboard.bench.classified:application", folder, theirs, runs, min(seconds, 3.0), DJANGO_SETTINGS_MODULE=""
    )
    os.unlink(stream.name)
    for page in wanted:
        for server, figures in results.items():
            base_rate = results["limit"][page]["rate"]
            report.add(
                page=page, server=server, rate=figures[page]["rate"], p50_ms=figures[page]["p50"],
                p99_ms=figures[page]["p99"], of_limit=figures[page]["rate"] / base_rate,
            )  # fmt: skip
    return report


def addresses(folder: Path) -> dict[str, list[str]]:
    """The addresses of each kind of page: many of each, so that no single one is favoured."""
    source = sqlite3.connect(folder / "fairboard.sqlite3")
    pairs = source.execute(
        "SELECT place, category FROM (SELECT place, category FROM market_card ORDER BY position DESC LIMIT 5000) "
        "GROUP BY place, category ORDER BY count(*) DESC LIMIT 40"
    ).fetchall()
    places = [row[0] for row in source.execute("SELECT DISTINCT place FROM market_card LIMIT 6")]
    ads = [row[0] for row in source.execute("SELECT public_id FROM market_card ORDER BY position DESC LIMIT 60")]
    return {
        NEW: [f"/in/{place}/for/{category}/" for place, category in pairs],
        SEARCH: [f"/in/{place}/?q={words.replace(' ', '+')}" for words in WORDS for place in places],
        AD: [f"/ad/{ad}" for ad in ads],
        HOME: ["/"],
    }


def _measure(
    target: str, folder: Path, wanted: Mapping[str, Sequence[str]], runs: int, seconds: float, **settings: str
) -> dict[str, dict[str, float]]:
    """Rate and latencies of each page: the median run."""
    found: dict[str, dict[str, float]] = {}
    with servers.serving(target, folder, **settings) as port:
        for page, paths in wanted.items():
            servers.load(port, paths, 1.0)
            figures = [servers.load(port, paths, seconds) for _ in range(runs)]
            found[page] = {name: median([one[name] for one in figures]) for name in ("rate", "p50", "p99")}
    return found


def _same_bytes(folder: Path, wanted: Mapping[str, Sequence[str]], limit: dict[str, Any]) -> str:
    """Whether limit and product answer alike; moments in words may move on between the two."""
    chosen = [path for paths in wanted.values() for path in paths[:5]]
    with servers.serving("fairboard.wsgi:application", folder, FAIRBOARD_PAGE_CACHE_SECONDS="0") as port:
        ours = [servers.fetch(port, path) for path in chosen]
    with servers.serving("fairboard.bench.limit:application", folder, **limit) as port:
        theirs = [servers.fetch(port, path) for path in chosen]
    moments = re.compile(rb"just now|\d+ (?:second|minute|hour|day)s? ago")
    differing = [
        path for path, one, other in zip(chosen, ours, theirs, strict=True)
        if moments.sub(b"", one) != moments.sub(b"", other)
    ]  # fmt: skip
    if differing:
        return f"limit and product differ on {len(differing)} of {len(chosen)} pages, first {differing[0]}"
    return f"limit and product gave the same bytes on {len(chosen)} of {len(chosen)} pages compared"
