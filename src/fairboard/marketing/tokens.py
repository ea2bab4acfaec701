"""Links that act for one recipient without signing in: keyed, short, and of no use for anybody else's address.

A delivery's token is its row and a kind, signed; an address's token is the keyed hash of the address, signed. Both
are signed with ``FAIRBOARD_IDENTIFIER_KEY``, so that a link in a mail works as long as the suppression list does.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass

from django.conf import settings

UNSUBSCRIBE, OPEN, CLICK, BOUNCE, CONFIRM = "u", "o", "c", "b", "k"
_MAC_BYTES = 9
_PURPOSE = b"fairboard.marketing.delivery\0"
_ADDRESS = b"fairboard.marketing.address\0"


@dataclass(frozen=True, slots=True)
class DeliveryToken:
    """What a token names: the row of a delivery, and for a click the number of the link."""

    delivery: int
    link: int


def _mac(purpose: bytes, body: bytes) -> bytes:
    return hmac.digest(settings.IDENTIFIER_KEY.encode(), purpose + body, "sha256")[:_MAC_BYTES]


def delivery_token(kind: str, delivery: int, link: int = 0) -> str:
    """A token of 24 characters for one act (`UNSUBSCRIBE`, `OPEN`, `CLICK`) on one delivery."""
    body = delivery.to_bytes(8, "big") + link.to_bytes(1, "big")
    return base64.urlsafe_b64encode(body + _mac(_PURPOSE + kind.encode(), body)).decode()


def read_delivery(kind: str, token: str) -> DeliveryToken | None:
    """What a token of this kind names; None of a forged or damaged one."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return _delivery(kind, raw)


def mail_token(kind: str, delivery: int) -> str:
    """A token for the local part of an address, whose case nobody keeps: base 32, lower case."""
    body = delivery.to_bytes(8, "big") + b"\0"
    return base64.b32encode(body + _mac(_PURPOSE + kind.encode(), body)).decode().rstrip("=").lower()


def read_mail(kind: str, token: str) -> DeliveryToken | None:
    """As `read_delivery`, of a token out of an address."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    return _delivery(kind, raw)


def _delivery(kind: str, raw: bytes) -> DeliveryToken | None:
    body, mac = raw[:9], raw[9:]
    if len(raw) != 9 + _MAC_BYTES or not hmac.compare_digest(mac, _mac(_PURPOSE + kind.encode(), body)):
        return None
    return DeliveryToken(int.from_bytes(body[:8], "big"), body[8])


def address_token(digest: str) -> str:
    """The token of an address's own page, from the keyed hash of the address."""
    body = bytes.fromhex(digest)
    return base64.urlsafe_b64encode(body + _mac(_ADDRESS, body)).decode().rstrip("=")


def read_address(token: str) -> str:
    """The keyed hash a token names; "" of a forged or damaged one."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ""
    body, mac = raw[:16], raw[16:]
    return body.hex() if len(raw) == 16 + _MAC_BYTES and hmac.compare_digest(mac, _mac(_ADDRESS, body)) else ""


def ip_hash(ip: str) -> str:
    """A keyed hash of an IP address, for proof; never the address itself."""
    return hmac.digest(settings.IDENTIFIER_KEY.encode(), b"ip\0" + ip.encode(), "sha256")[:16].hex() if ip else ""
