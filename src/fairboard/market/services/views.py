"""Counting how often ads are looked at: a figure for the seller, one statement a look, no word about who looked."""

from datetime import datetime

from django.db import connection


def count_view(*, ad_id: str, at: datetime) -> None:
    """Count one look at a live ad; nothing happens for one that is not live."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO market_adviews (ad_id, day, views) "
            "SELECT id, %s, 1 FROM market_ad WHERE public_id = %s AND state = 'live' "
            "ON CONFLICT (ad_id, day) DO UPDATE SET views = market_adviews.views + 1",
            [at.date(), ad_id],
        )
