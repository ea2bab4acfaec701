"""What marketing holds of a member, for the copy they may ask for."""

from collections.abc import Iterator

from fairboard.marketing import addresses
from fairboard.marketing.models import Consent, Delivery
from fairboard.people.queries import address_of
from fairboard.people.queries_own_data import as_json


def copies(member_id: str) -> Iterator[tuple[str, bytes]]:
    """What the member's address agreed to, and which mailings went to it; nothing for a member nobody wrote to."""
    digest = addresses.digest(address_of(member_id))
    if not digest:
        return
    consents = Consent.objects.filter(digest=digest).order_by("pk")
    sent = Delivery.objects.select_related("mailing").filter(digest=digest).order_by("pk")
    found = {
        "consents": [
            {"at": one.at, "topic": one.topic, "channel": one.channel, "state": one.state, "words": one.wording,
             "where": one.source}
            for one in consents
        ],
        "mailings": [{"mailing": one.mailing.public_id, "due": one.due_at, "state": one.state} for one in sent],
    }  # fmt: skip
    if found["consents"] or found["mailings"]:
        yield "consents.json", as_json(found)
