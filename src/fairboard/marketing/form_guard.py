"""Whether what was sent through a form looks like a machine's: the trap, the time it took, links, disguised contacts.

A form carries a token: when it was shown, signed. It says nothing about who it was shown to.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings

from fairboard.screening import Document, prepare

TRAP = "website_2"
"""The field people do not see and machines fill in."""
QUICKEST = timedelta(seconds=3)
LATEST = timedelta(days=2)
MOST_LINKS = 1
DISGUISED = 0.5
"""How disguised a contact may be, 0 to 1: a number written in words is no slip."""
_PURPOSE = b"fairboard.marketing.form\0"
_MAC_BYTES = 12


def token(form_id: str, at: datetime) -> str:
    """The token of a form that is shown at a moment."""
    body = int(at.timestamp()).to_bytes(6, "big")
    return base64.urlsafe_b64encode(body + _mac(form_id, body)).decode()


def shown_at(form_id: str, given: str) -> datetime | None:
    """When the form with this token was shown; None of a forged or damaged one, or one of another form."""
    try:
        raw = base64.b64decode(given, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[:6], raw[6:]
    if len(mac) != _MAC_BYTES or not hmac.compare_digest(mac, _mac(form_id, body)):
        return None
    return datetime.fromtimestamp(int.from_bytes(body, "big"), UTC)


def _mac(form_id: str, body: bytes) -> bytes:
    key = settings.IDENTIFIER_KEY.encode()
    return hmac.digest(key, _PURPOSE + form_id.encode() + b"\0" + body, "sha256")[:_MAC_BYTES]


def reasons(
    *, form_id: str, trap: str, given: str, names: Mapping[str, str], texts: Mapping[str, str], many: bool,
    at: datetime,
) -> list[str]:  # fmt: skip
    """Why something is kept apart for a person to look at; nothing of what looks like a person's.

    ``names`` are short fields in which no link belongs, ``texts`` those people write in. A form on another site has no
    token, which alone says nothing.
    """
    found = ["trap"] if trap.strip() else []
    if given:
        shown = shown_at(form_id, given)
        if shown is None or shown > at + timedelta(minutes=5):
            found.append("token")
        elif at - shown < QUICKEST:
            found.append("quick")
        elif at - shown > LATEST:
            found.append("old")
    if many:
        found.append("many")
    contacts = prepare(Document("form", {**names, **texts})).contacts
    links = [one for one in contacts if one.kind == "url"]
    if len(links) > MOST_LINKS or any(one.spans and one.spans[0].field in names for one in links):
        found.append("link")
    if any(one.disguise > DISGUISED for one in contacts):
        found.append("disguised")
    return found
