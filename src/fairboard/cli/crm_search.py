"""`fairboard crm reindex`: make the search index of the CRM anew."""

import typer

from fairboard.cli.output import err, out
from fairboard.kit import startup

crm_app = typer.Typer(no_args_is_help=True, help="The CRM.")


@crm_app.callback()
def _crm() -> None:
    """The CRM."""


@crm_app.command("reindex")
def reindex() -> None:
    """Make the search index anew from the records, while everything runs."""
    startup.ready()
    from fairboard.crm.services import search

    done = search.reindex(report=lambda count: err.print(f"{count:,} records", highlight=False))
    out.print(f"{done:,} records are indexed.", highlight=False)
