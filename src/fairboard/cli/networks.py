"""`fairboard relink`: ties and networks of ads rebuilt from the submissions."""

from dataclasses import asdict
from typing import Annotated

import typer

from fairboard.cli.output import progress, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import Actor


def relink(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Rebuild ties and networks of ads; the market goes on. Interrupted, it goes on where it stopped."""
    startup.ready()
    from fairboard.safety.services.relinking import relink as rebuild

    with progress() as bar:
        task = bar.add_task("Ties", total=None, rate="")

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        found = rebuild(actor=Actor("system", "", "system", "command line"), at=clock.now(), tell=tell)
    said = (
        f"{found.submissions:,} submissions: {found.added:,} ties added, {found.removed:,} removed. "
        f"{found.networks:,} networks, the largest of {found.largest:,} ads; {found.moved:,} ads changed theirs."
    )
    result(asdict(found), as_json=as_json, text=said)
