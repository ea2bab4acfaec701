"""Saying aloud that a policy pack of the operator cannot be used."""

from fairboard.kit import clock, tasks
from fairboard.safety import parts
from fairboard.screening.pack import faulty_packs


@tasks.every(minutes=60, name="safety.check_packs")
def check_packs() -> None:
    """Raise an alarm for each pack that was left out when this process started."""
    for faulty in faulty_packs():
        parts.alarm("packs", "faulty", clock.now(), pack=faulty.name, faults=len(faulty.faults))
