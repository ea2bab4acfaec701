"""How much an address gets over all mailings."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from fairboard.marketing.queries.among import among

_COUNTED = "('queued', 'handing', 'sent', 'unknown')"
_GONE = "('handing', 'sent', 'unknown')"


def full(
    *, digests: Sequence[str], mailing: int, since: datetime, limit: int, only_sent: bool = False
) -> set[str]:  # fmt: skip
    """The addresses to which at least ``limit`` other mailings went or are about to go since a moment.

    Service mails do not count. With ``only_sent`` those that wait in a queue do not either.
    """
    if not digests:
        return set()
    how, values = among(digests)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.digest FROM marketing_delivery d JOIN marketing_mailing m ON m.id = d.mailing_id "
            f"WHERE d.digest {how} AND d.mailing_id <> %s AND d.due_at >= %s "
            f"AND d.state IN {_GONE if only_sent else _COUNTED} AND m.basis <> 'service' "
            "GROUP BY d.digest HAVING count(*) >= %s",
            [values, mailing, connection.ops.adapt_datetimefield_value(since), limit],
        )
        return {row[0] for row in cursor.fetchall()}
