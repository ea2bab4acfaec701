"""Mail addresses: one spelling, a keyed hash to recognise one by, and what may be put into an envelope."""

import hmac
import re

from django.conf import settings

DIGEST_BYTES = 16
_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.)*[A-Za-z0-9-]{1,63}")
"""An address as HTML's e-mail field takes it, within RFC 5321's lengths: nothing in it needs quoting."""


def canonical(address: str) -> str:
    """One spelling of an address: trimmed, lower case, the domain in its ASCII form (RFC 5891).

    The local part is lowered too: RFC 5321 (2.4) lets case matter there, no large provider does. Tags (``+news``)
    and dots stay, they may be another mailbox. Returns "" of what is no address.
    """
    text = address.strip().lower()
    if not text.isascii():
        local, at, domain = text.rpartition("@")
        try:
            text = f"{local}{at}{domain.encode('idna').decode()}"
        except UnicodeError:
            return ""
    return text if len(text) <= 254 and _PLAIN.fullmatch(text) else ""


def digest(address: str) -> str:
    """The keyed hash an address is recognised by: HMAC-SHA256 of its canonical form, cut to 128 bits, as hex.

    Without ``FAIRBOARD_IDENTIFIER_KEY`` nobody can try addresses against it. "" of what is no address.
    """
    plain = canonical(address)
    return digest_of_canonical(plain) if plain else ""


def digest_of_canonical(plain: str) -> str:
    """As `digest`, of an address that is canonical already."""
    return hmac.digest(settings.IDENTIFIER_KEY.encode(), b"mail\0" + plain.encode(), "sha256")[:DIGEST_BYTES].hex()


def masked(address: str) -> str:
    """An address its owner recognises and others do not: ``a…e@example.org``."""
    local, at, domain = address.partition("@")
    if not at:
        return ""
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{domain}"
