"""Drawing what people judge blind, to know how much of what is live breaks the rules."""

from fairboard.kit import clock, tasks
from fairboard.safety import registry
from fairboard.safety.services import samples


@tasks.every(minutes=60, name="safety.draw_samples")
def draw_samples() -> None:
    """Once a day, ask each room for live things drawn at random."""
    for kind in registry.sampled_kinds():
        samples.draw(kind=kind, subject_ids=registry.sample(kind, samples.A_DAY), at=clock.now())
