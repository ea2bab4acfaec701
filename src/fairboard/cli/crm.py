"""`fairboard crm reindex` and `rebuild`: make anew what follows from records and from the ledger."""

import typer

from fairboard.cli.output import err, out
from fairboard.kit import startup

crm_app = typer.Typer(no_args_is_help=True, help="The CRM.")


@crm_app.callback()
def _crm() -> None:
    """The CRM."""


@crm_app.command("reindex")
def reindex() -> None:
    """Make the search index anew from the records; searches find less until it is done."""
    startup.ready()
    from fairboard.crm.services import search

    done = search.reindex(report=lambda count: err.print(f"{count:,} records", highlight=False))
    out.print(f"{done:,} records are indexed.", highlight=False)


@crm_app.command("rebuild")
def rebuild() -> None:
    """Work out timelines and market figures anew from the ledger, exactly as they are kept."""
    startup.ready()
    from fairboard.crm.services import timeline
    from fairboard.kit import clock

    done = timeline.rebuild(at=clock.now())
    out.print(f"{done['events']:,} events read, {done['entries']:,} entries on timelines.", highlight=False)
