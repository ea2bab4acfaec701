"""Rate limits, counted in the database so that every process sees the same count."""

from datetime import datetime

from django.db import connection
from django.utils.translation import ngettext

from fairboard.kit.problems import TooMany


def check(key: str, *, limit: int, per_seconds: int, at: datetime) -> None:
    """Count one use of ``key``; raise TooMany when there were more than ``limit`` in this window.

    Windows are fixed (at 12:00:00, 12:01:00 ... for 60 seconds): at worst twice the limit passes around
    a border, which is enough to stop a flood and costs one statement.
    """
    second = int(at.timestamp())
    window = second - second % per_seconds
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_ratewindow (key, window_start, uses) VALUES (%s, %s, 1) "
            "ON CONFLICT (key, window_start) DO UPDATE SET uses = kit_ratewindow.uses + 1 RETURNING uses",
            [key[:120], window],
        )
        uses = cursor.fetchone()[0]
    if uses > limit:
        wait = window + per_seconds - second
        raise TooMany(
            ngettext(
                "That was too often. Try again in %(wait)d second.",
                "That was too often. Try again in %(wait)d seconds.",
                wait,
            )
            % {"wait": wait},
            retry_after=wait,
        )
