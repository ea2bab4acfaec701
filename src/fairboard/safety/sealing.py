"""Keeping what the law makes us collect unreadable at rest: sealed with a key that is not in the database."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(ValueError):
    """It was sealed with another key, or was changed since."""


@lru_cache(maxsize=4)
def _box(key: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"fairboard {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(key.encode())))


def seal(plain: bytes, *, purpose: str) -> bytes:
    """Encrypt and authenticate (Fernet: AES-128-CBC, HMAC-SHA-256); each purpose has a key of its own."""
    return _box(settings.IDENTIFIER_KEY, purpose).encrypt(plain)


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """The plain bytes again; raises Unreadable."""
    try:
        return _box(settings.IDENTIFIER_KEY, purpose).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise Unreadable(f"What was sealed for {purpose} cannot be read with this key.") from error
