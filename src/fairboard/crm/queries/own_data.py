"""What the CRM holds of a member, for the copy they may ask for."""

from collections.abc import Iterator

from fairboard.crm.models import Tie, TimelineEntry
from fairboard.people.queries_own_data import as_json


def copies(member_id: str) -> Iterator[tuple[str, bytes]]:
    """The customer account the member acts for, with what its timeline says of the market; nothing for most members."""
    tie = Tie.objects.select_related("account").filter(member_id=member_id).first()
    if tie is None:
        return
    entries = TimelineEntry.objects.filter(record=tie.account).exclude(text="").order_by("at", "pk")
    yield "account.json", as_json({
        "name": tie.account.name, "since": tie.at, "values": tie.account.data,
        "timeline": [{"at": one.at, "what": one.kind, "text": one.text} for one in entries],
    })  # fmt: skip
