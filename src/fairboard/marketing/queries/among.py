"""Asking about many values at once, in one statement with one parameter on either database."""

import json
from collections.abc import Sequence

from django.db import connection


def among(values: Sequence[str | int]) -> tuple[str, str | list[str | int]]:
    """What follows a column to hold it against many values, and the one parameter it takes.

    A list of thousands as single parameters is parsed anew each time, and SQLite has a limit on them.
    """
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))
    return "= ANY(%s)", list(values)
