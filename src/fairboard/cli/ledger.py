"""`fairboard verify`: has any event or any piece of evidence been changed or removed?"""

from dataclasses import asdict
from typing import Annotated

import typer

from fairboard.cli.output import err, result
from fairboard.kit import clock, startup


def verify(
    seal: Annotated[bool, typer.Option(help="Seal the newest events first.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recompute every event's digest and every seal, check timestamps and evidence; name what does not fit."""
    startup.ready()
    from fairboard.ledger import queries, services
    from fairboard.safety.queries import evidence

    # Look before sealing: an event altered since it was written must not be sealed as it is now.
    found = queries.verify()
    if seal and not found.faults:
        services.seal_events(at=clock.now())
        found = queries.verify()
    kept = evidence.verify()
    faults = [*found.faults, *kept.faults]
    text = f"{found.events:,} events, {found.seals:,} seals, {found.unsealed:,} not sealed yet: " + (
        "nothing was changed or removed." if not faults else f"{len(faults)} faults."
    )
    if found.timestamps:
        unchecked = "their signatures were not checked (FAIRBOARD_TIMESTAMP_CERTIFICATES is not set)"
        checked = "signed by the given authority" if found.signed else unchecked
        text += f"\n{found.timestamps:,} timestamps over seals, {checked}."
    text += f"\n{kept.pieces:,} pieces of evidence, {kept.disposed:,} of them disposed of at the end of their term."
    values = {**asdict(found), "evidence": kept.pieces, "disposed": kept.disposed, "faults": faults}
    result(values, as_json=as_json, text=text)
    for fault in faults[:50]:
        err.print(f"  - {fault}", markup=False)
    raise typer.Exit(1 if faults else 0)
