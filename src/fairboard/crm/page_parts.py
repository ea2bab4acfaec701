"""How other subjects put their part on a record's page: each gives the context of its own template.

A part is a function of the actor, the record and the request's query; what it returns is added to the page's context.
The page includes ``crm/parts/timeline.html`` when the context has ``timeline``, ``crm/parts/duplicates.html`` when it
has ``duplicates``, and every template that ``asides`` lists in its side column.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fairboard.crm.queries.records import RecordRow
from fairboard.kit.actors import Actor

Part = Callable[[Actor, RecordRow, Mapping[str, str], datetime], Mapping[str, Any]]
_parts: list[Part] = []


def offer(part: Part) -> Part:
    """Register a part of every record's page."""
    _parts.append(part)
    return part


def context(actor: Actor, row: RecordRow, query: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """What the parts give a record's page; lists of the same name are joined."""
    found: dict[str, Any] = {"asides": []}
    for part in _parts:
        given = dict(part(actor, row, query, at))
        found["asides"] += given.pop("asides", [])
        found.update(given)
    return found
