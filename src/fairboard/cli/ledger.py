"""`fairboard verify`: has any event been changed or removed?"""

from dataclasses import asdict
from typing import Annotated

import typer

from fairboard.cli.output import err, result
from fairboard.kit import clock, startup


def verify(
    seal: Annotated[bool, typer.Option(help="Seal the newest events first.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recompute every event's digest and every seal; name what does not fit."""
    startup.ready()
    from fairboard.ledger import queries, services

    # Look before sealing: an event altered since it was written must not be sealed as it is now.
    found = queries.verify()
    if seal and not found.faults:
        services.seal_events(at=clock.now())
        found = queries.verify()
    text = f"{found.events:,} events, {found.seals:,} seals, {found.unsealed:,} not sealed yet: " + (
        "nothing was changed or removed." if not found.faults else f"{len(found.faults)} faults."
    )
    result(asdict(found), as_json=as_json, text=text)
    for fault in found.faults[:50]:
        err.print(f"  - {fault}", markup=False)
    raise typer.Exit(1 if found.faults else 0)
