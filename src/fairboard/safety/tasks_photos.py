"""Background work for the indexes of photos: one that is missing, damaged or short of something is built again."""

from fairboard.kit import clock, tasks
from fairboard.safety import photo_index
from fairboard.safety.parts import alarm


@tasks.every(minutes=2, name="safety.tend_photo_indexes")
def tend_photo_indexes() -> None:
    """Build again what cannot be asked or holds too little, and merge long journals."""
    for source in list(photo_index.SOURCES.values()):
        if photo_index.tend(source):
            alarm(f"index {source.name}", "rebuilt", clock.now())


@tasks.every(minutes=60, name="safety.check_photo_indexes")
def check_photo_indexes() -> None:
    """Read every index whole and compare it with its table."""
    for source in list(photo_index.SOURCES.values()):
        if photo_index.tend(source, thorough=True):
            alarm(f"index {source.name}", "rebuilt", clock.now())
