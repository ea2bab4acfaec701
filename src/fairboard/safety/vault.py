"""Where evidence lies: sealed files under random names in a storage of their own, and the keys that open them."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from fairboard.safety import envelope
from fairboard.safety.envelope import Unreadable


class Missing(Unreadable):
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file in the vault: its random name, size in bytes, SHA-256 (hex) of what lies there, and its key."""

    name: str
    size: int
    sha256: str
    key_id: str


def key_id(text: str) -> str:
    """What a key is called where it is used; says nothing of the key."""
    return hashlib.sha256(b"fairboard evidence key id\x00" + text.encode()).hexdigest()[:12]


def known_keys() -> dict[str, bytes]:
    """The keys of this installation by their ids, the one that encrypts first."""
    return {
        key_id(text): hashlib.sha256(b"fairboard evidence key\x00" + text.encode()).digest()
        for text in settings.EVIDENCE_KEYS
    }


def put(content: bytes, bound_to: str) -> Sealed:
    """Encrypt and store; on a disk of this machine it has reached the disk when this returns."""
    current, key = next(iter(known_keys().items()))
    sealed = envelope.seal(content, key, bound_to.encode())
    token = secrets.token_hex(20)
    name = storages["evidence"].save(f"{token[:2]}/{token}", ContentFile(sealed))
    _reach_the_disk(name)
    return Sealed(name, len(sealed), hashlib.sha256(sealed).hexdigest(), current)


def read(name: str, key: str, bound_to: str) -> Iterator[bytes]:
    """The decrypted content, a chunk at a time; raises Unreadable, Missing."""
    found = known_keys().get(key)
    if found is None:
        raise Unreadable(f"The key {key} is not among those of FAIRBOARD_EVIDENCE_KEY.")
    return envelope.opened(raw(name), found, bound_to.encode())


def raw(name: str) -> Iterator[bytes]:
    """What lies there, as it lies there; raises Missing."""
    try:
        stream = storages["evidence"].open(name)
    except OSError as error:
        raise Missing("The file is missing.") from error
    with stream:
        yield from stream.chunks(envelope.CHUNK)


def delete(name: str) -> None:
    """Remove a file; one that is gone already is no error."""
    storages["evidence"].delete(name)


def names() -> Iterator[str]:
    """Every file there is."""
    storage = storages["evidence"]
    try:
        folders = storage.listdir("")[0]
    except FileNotFoundError:
        return
    for folder in folders:
        for file in storage.listdir(folder)[1]:
            yield f"{folder}/{file}"


def _reach_the_disk(name: str) -> None:
    """Flush a file and its folder; a storage elsewhere answers when it has it."""
    try:
        path = Path(storages["evidence"].path(name))
    except NotImplementedError:
        return
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
