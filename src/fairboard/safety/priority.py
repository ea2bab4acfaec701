"""The order of a queue: severity x reach x time, as one number that need not be kept up to date.

A case's weight doubles with every `DOUBLING` it waits. Its logarithm is then a line in time with the same slope for
every case, so the order of two cases never changes while they wait and can be kept in an index.
"""

import math
from datetime import datetime, timedelta

DOUBLING = timedelta(hours=6)
WEIGHTS = {1: 1, 2: 4, 3: 16, 4: 64, 5: 1024}
"""How much a severity weighs: a child-safety case comes before an ordinary one that has waited for two days."""
DUE = {
    5: timedelta(hours=1),
    4: timedelta(hours=12),
    3: timedelta(hours=24),
    2: timedelta(hours=48),
    1: timedelta(days=4),
}
"""How soon each severity is to be decided."""


def rank(*, severity: int, reach: int, opened_at: datetime) -> int:
    """Where a case stands in its queue, the least first: seconds.

    ``reach`` is how many people it may concern: those who reported it, ads of its network, one at least.
    """
    head_start = math.log2(WEIGHTS[severity] * max(1, reach)) * DOUBLING.total_seconds()
    return int(opened_at.timestamp() - head_start)
