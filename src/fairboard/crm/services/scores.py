"""The score of records: a figure that is worked out elsewhere and kept here, past the listeners of writes."""

from collections.abc import Mapping, Sequence

from fairboard.crm.models import Record
from fairboard.kit import bulk


def keep_scores(*, rows: Sequence[Record], scores: Mapping[int, int]) -> int:
    """Give records their score by row, in the caller's transaction; returns how many changed.

    A score is no change somebody made: it leaves the version and the time of the last change as they are.
    """
    changed = []
    for row in rows:
        if row.data.get("score") != scores[row.pk]:
            row.data["score"] = scores[row.pk]
            changed.append(row)
    bulk.update(changed, ["data"])
    return len(changed)
