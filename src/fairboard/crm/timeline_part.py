"""The timeline as a part of a record's page, and what accounts have beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from fairboard.crm import page_parts
from fairboard.crm.queries.records import RecordRow
from fairboard.crm.queries.standing import members_of, signals
from fairboard.crm.queries.timeline import kinds_on, timeline
from fairboard.kit.actors import Actor
from fairboard.people.queries import names_of


def context(actor: Actor, record_id: str, query: Mapping[str, str], *, size: int = 30) -> dict[str, Any]:
    """What ``crm/parts/timeline.html`` needs, under the name ``timeline``."""
    kind, text = query.get("kind", ""), query.get("q", "")
    page = timeline(
        actor=actor, record_id=record_id, kinds=[kind] if kind else [], text=text, cursor=query.get("cursor", ""),
        size=size,
    )  # fmt: skip
    href = reverse("crm:timeline", args=[record_id])
    kept = {key: value for key, value in (("kind", kind), ("q", text)) if value}
    more = f"{href}?{urlencode({**kept, 'cursor': page.next_cursor})}" if page.next_cursor else ""
    return {
        "rows": page.items, "kinds": kinds_on(actor=actor, record_id=record_id), "chosen": [kind], "text": text,
        "href": href, "next_url": more,
    }  # fmt: skip


@page_parts.offer
def part(actor: Actor, row: RecordRow, query: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """The timeline of every record; members and signals of an account beside it."""
    if row.is_deleted:
        return {}
    found: dict[str, Any] = {"timeline": context(actor, row.id, {})}
    if row.type_key == "account":
        members = members_of([row.pk]).get(row.pk, [])
        names = names_of(set(members))
        found["account_members"] = [names.get(one, one) for one in members]
        found["open_signals"] = len([one for one in signals(actor=actor, account=row.pk) if not one.answer])
        found["asides"] = ["crm/parts/diligence.html"]
    return found
