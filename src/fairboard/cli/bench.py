"""`fairboard bench`: the measures of docs/performance.md."""

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairboard.cli.output import err, out
from fairboard.kit import startup as django_start

if TYPE_CHECKING:
    from fairboard.bench.report import Report

NAMES = ("pages", "search", "post", "screen", "link", "photos", "mail", "start", "crm")


def bench(
    name: Annotated[str, typer.Argument(help="pages, search, post, screen, link, photos, mail, start, crm, or all.")],
    ads: Annotated[int, typer.Option(help="How many ads the market holds.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Seed of the generated ads.")] = 1,
    runs: Annotated[int, typer.Option(help="Runs; 0 takes what suits the measure.")] = 0,
    data: Annotated[Path, typer.Option(help="Where generated markets are kept.")] = Path("bench-results/data"),
    target: Annotated[Path, typer.Option("--out", help="Folder of the JSON files.")] = Path("bench-results"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    mails: Annotated[int, typer.Option(help="mail: how many recipients.")] = 1_000_000,
    contacts: Annotated[int, typer.Option(help="crm: how many contacts are imported; a million by itself.")] = 0,
    quick: Annotated[bool, typer.Option(help="photos: small banks instead of one and ten million hashes.")] = False,
) -> None:
    """Measure, print a table and write the figures with the machine they were seen on."""
    if name not in {*NAMES, "all"}:
        raise typer.BadParameter(f"choose one of {', '.join(NAMES)}, all")
    if name == "all":
        for one in NAMES:  # each in a process of its own: none warms or fills another's
            again = [one, "--ads", str(ads), "--seed", str(seed), "--runs", str(runs), "--data", str(data)]
            command = [sys.executable, "-m", "fairboard.cli.main", "bench", *again, "--out", str(target)]
            more = ["--contacts", str(contacts), *(["--json"] if as_json else []), *(["--quick"] if quick else [])]
            subprocess.run([*command, *more], check=True)
        return
    report = _run(name, ads, seed, runs, data.resolve(), quick, mails, contacts)
    report.write(target / (f"{name}.json" if name in {"photos", "mail", "crm"} else f"{name}-{ads}.json"))
    if as_json:
        print(json.dumps(report.as_dict(), default=str))
    else:
        report.show(out)


def _run(name: str, ads: int, seed: int, runs: int, base: Path, quick: bool, mails: int, contacts: int) -> "Report":
    try:
        if name == "pages":
            from fairboard.bench import pages

            return pages.run(ads, seed, runs or 3, base, err)
        if name == "search":
            from fairboard.bench import search

            return search.run(ads, seed, runs or 30, base, err)
        if name == "post":
            from fairboard.bench import post

            return post.run(ads, seed, runs or 200, base, err)
        if name == "link":
            from fairboard.bench import link

            return link.run(ads, seed, err)
        if name == "start":
            from fairboard.bench import start

            return start.run(ads, seed, runs or 3, base, err)
        if name == "crm":
            from fairboard.bench import crm

            return crm.run(contacts or 1_000_000, seed, runs or 3, err)
        if name == "photos":
            from fairboard.bench import photos

            return photos.run(seed, runs or 3, quick, err)
        if name == "mail":
            from fairboard.bench import mail

            return mail.run(mails, seed, err)
        django_start.start()
        from fairboard.bench import screen

        return screen.run(min(ads, 20_000), seed, runs or 3)
    except ImportError as error:
        err.print(f"The benchmarks need the development packages: `make .venv/.dev` ({error}).", markup=False)
        raise typer.Exit(1) from error
