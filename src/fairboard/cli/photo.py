"""`fairboard photo`: what photos are matched by, and what they match, without a database."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairboard.cli.output import err

if TYPE_CHECKING:
    from fairboard.screening.banks.entries import Kind, Report
    from fairboard.screening.banks.matching import ListMatcher

KINDS = ("pdq", "sha256", "md5")


def photo(
    files: Annotated[list[Path], typer.Argument(help="Photos.", show_default=False)],
    bank: Annotated[
        list[Path] | None, typer.Option(help="A hash list to match with, in any form of docs/photos.md; repeatable.")
    ] = None,
    kind: Annotated[str, typer.Option(help="What a bare hash of the lists is: pdq, sha256 or md5.")] = "",
) -> None:
    """Write one JSON object a photo: pdq, quality, sha256, md5, and with --bank its matches.

    A file that is no photo is named and gives exit code 3; so does a bad line of a list. The rest goes on.
    """
    if kind and kind not in KINDS:
        raise typer.BadParameter(f"choose one of {', '.join(KINDS)}", param_hint="--kind")
    from fairboard.screening.banks.entries import Kind
    from fairboard.screening.photos.digests import LARGEST_BYTES, UnreadablePhoto, fingerprint

    lists, bad = [], False
    for path in bank or []:
        matcher, report = _list(path, Kind(kind) if kind else None)
        lists.append(matcher)
        bad = _complain(path, report) or bad
    for path in files:
        try:
            with path.open("rb") as file:
                found = fingerprint(file.read(LARGEST_BYTES + 1))
        except (OSError, UnreadablePhoto) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            err.print(f"{path}: {reason}", style="red", markup=False)
            bad = True
            continue
        answer: dict[str, Any] = {
            "file": str(path), "pdq": found.pdq, "quality": found.quality, "sha256": found.sha256, "md5": found.md5,
            "width": found.width, "height": found.height,
        }  # fmt: skip
        if lists:
            answer["matches"] = [
                {"bank": one.bank, "entry": one.entry, "kind": one.kind, "distance": one.distance,
                 "variant": one.variant, "labels": list(one.labels)}
                for matcher in lists for one in matcher.match([found])[0]
            ]  # fmt: skip
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if bad:
        raise typer.Exit(3)


def _list(path: Path, kind: "Kind | None") -> "tuple[ListMatcher, Report]":
    from fairboard.screening.banks.entries import Report
    from fairboard.screening.banks.files import read_file
    from fairboard.screening.banks.matching import ListMatcher
    from fairboard.screening.banks.ncmec import BadPage

    report = Report()
    try:
        return ListMatcher(path.stem, read_file(path, report, kind=kind)), report
    except BadPage as error:
        err.print(f"{path}: {error}", style="red", markup=False)
        raise typer.Exit(1) from error


def _complain(path: Path, report: "Report") -> bool:
    for one in report.bad:
        err.print(f"{path}, line {one.line}: {one.reason}", style="yellow", markup=False)
    if report.bad_count > len(report.bad):
        err.print(f"{path}: {report.bad_count - len(report.bad):,} more bad lines.", style="yellow", markup=False)
    return report.bad_count > 0
