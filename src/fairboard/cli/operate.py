"""`fairboard doctor` and `fairboard manage`, and how a problem is explained on a terminal."""

import sqlite3
from dataclasses import asdict
from typing import Annotated

import typer
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from fairboard.cli.findings import Finding
from fairboard.cli.output import err, out, result
from fairboard.kit import startup as django_start
from fairboard.kit.problems import Problem


def explain(error: Exception) -> bool:
    """Say a known problem in plain lines on stderr; False when it is not a known one."""
    if isinstance(error, ImproperlyConfigured):
        err.print("[red]Fairboard cannot start with these settings:[/]")
        for line in str(error).splitlines():
            err.print(f"  - {line}", markup=False)
        return True
    if isinstance(error, Problem):
        err.print(f"{error.title}: {error.detail}" if error.detail else str(error.title), style="red", markup=False)
        for entry in error.errors:
            err.print(f"  - {entry['field']}: {entry['message']}", markup=False)
        return True
    if isinstance(error, DatabaseError | sqlite3.Error):
        err.print(f"The database cannot be used: {str(error).strip().splitlines()[0]}", style="red", markup=False)
        err.print("Check FAIRBOARD_DATABASE_URL, or run `fairboard doctor`.", markup=False)
        return True
    if isinstance(error, OSError) and error.filename:
        err.print(f"{error.filename}: {error.strerror}.", style="red", markup=False)
        return True
    return False


def manage(context: typer.Context) -> None:
    """Django's own commands: migrate, shell, dbshell, createcachetable and so on."""
    django_start.start()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["fairboard manage", *context.args])


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check settings, database, mail and storage, and say what to fix."""
    try:
        django_start.start()
    except ImproperlyConfigured as error:
        findings = [
            Finding("settings", False, line, "Set it and run doctor again.") for line in str(error).splitlines()
        ]
    else:
        from fairboard.cli.checks import examine

        findings = list(examine())
    values = {
        "well": all(finding.well for finding in findings),
        "findings": [asdict(one) for one in findings],
    }
    if as_json:
        result(values, as_json=True, text="")
    else:
        for finding in findings:
            mark = "[green]ok[/]  " if finding.well else "[red]fix[/] "
            out.print(f"{mark} {finding.name:<12}", end="")
            out.print(finding.found, markup=False)
            if not finding.well:
                out.print(f"     {'':<12}{finding.advice}", markup=False)
    raise typer.Exit(0 if values["well"] else 1)
