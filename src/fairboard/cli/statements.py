"""`fairboard export statements`."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from fairboard.cli.output import err, result
from fairboard.kit import startup
from fairboard.kit.actors import Actor

OPERATOR = Actor.system("command line")


def export_statements(
    out: Annotated[Path, typer.Option(help="File to write: .jsonl or .csv.")],
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Day after the last.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write statements of reasons in the shape of the DSA Transparency Database."""
    if out.suffix not in {".jsonl", ".csv"}:
        raise typer.BadParameter("name the file .jsonl or .csv", param_hint="--out")
    startup.ready()
    from fairboard.safety.queries.decisions import all_statements
    from fairboard.safety.schemas_statements import Statement

    first, last = (one.replace(tzinfo=UTC) if one else None for one in (since, until))
    count = 0
    with open(out, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(Statement.model_fields)) if out.suffix == ".csv" else None
        if writer:
            writer.writeheader()
        for statement in all_statements(actor=OPERATOR, since=first, until=last):
            count += 1
            if writer:
                writer.writerow({name: _cell(value) for name, value in statement.items()})
            else:
                stream.write(json.dumps(statement, ensure_ascii=False) + "\n")
    err.print(f"Written: {out}", markup=False)
    result({"statements": count, "file": str(out)}, as_json=as_json, text=f"{count:,} statements of reasons.")


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
