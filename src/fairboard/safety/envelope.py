"""A piece of evidence as bytes: packed the same way every time, then encrypted in chunks. Pure: no database, no files.

The package is a tar whose first member, ``manifest.json``, names every other one with its size and SHA-256. The
envelope is AES-256-GCM over chunks of 1 MiB, each sealed with its position and whether it is the last (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so that chunks cannot be exchanged, repeated or cut off.
Each envelope has a key of its own, derived by HKDF (RFC 5869) from the installation's key and a random salt.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fairboard.ledger.hashing import merkle_root

MAGIC = b"FBEV1\n"
SALT = 32
TAG = 16
CHUNK = 1 << 20
MANIFEST = "manifest.json"


class Unreadable(Exception):
    """The bytes are not what was sealed, or not with this key."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a package: size in bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """Evidence ready to be sealed: the tar, its parts, and the root of the hash tree over them (hex)."""

    content: bytes
    parts: tuple[Part, ...]
    root: str


def canonical(value: Any) -> bytes:
    """JSON that is the same bytes for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def moment(value: datetime) -> str:
    """A moment as it is hashed and kept: UTC, microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def part_root(parts: Sequence[Part]) -> str:
    """The root (hex) of the hash tree over parts: one part can be proven without the others."""
    leaves = [hashlib.sha256(b"\x00" + canonical([one.name, one.size, one.sha256])).hexdigest() for one in parts]
    return merkle_root(leaves)


def pack(files: Mapping[str, bytes], about: Mapping[str, Any]) -> Package:
    """Pack files in the order of their names; ``about`` is kept in the manifest. Same input, same bytes."""
    parts = tuple(Part(name, len(files[name]), hashlib.sha256(files[name]).hexdigest()) for name in sorted(files))
    root = part_root(parts)
    manifest = {"format": 1, "about": dict(about), "parts": [asdict(one) for one in parts], "root": root}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in [(MANIFEST, canonical(manifest)), *((one.name, files[one.name]) for one in parts)]:
            member = tarfile.TarInfo(name)  # no owner, no time, one mode
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return Package(buffer.getvalue(), parts, root)


def unpack(content: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and the files of a package; raises Unreadable where they do not fit each other."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            files = {one.name: _read(tar, one) for one in tar.getmembers()}
        manifest: dict[str, Any] = json.loads(files.pop(MANIFEST))
        parts = [Part(one["name"], one["size"], one["sha256"]) for one in manifest["parts"]]
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("This is not a package of evidence.") from error
    if part_root(parts) != manifest.get("root") or {one.name for one in parts} != set(files):
        raise Unreadable("The manifest does not fit the parts.")
    for one in parts:
        if hashlib.sha256(files[one.name]).hexdigest() != one.sha256:
            raise Unreadable(f"{one.name} is not what was packed.")
    return manifest, files


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    return stream.read() if stream else b""


def seal(content: bytes, key: bytes, bound_to: bytes) -> bytes:
    """Encrypt; ``bound_to`` (the id of the piece) must be given again to open it. The key has 32 bytes."""
    salt = os.urandom(SALT)
    cipher = _cipher(key, salt)
    sealed = [MAGIC, salt]
    last = max(0, (len(content) - 1) // CHUNK)
    for number in range(last + 1):
        chunk = content[number * CHUNK : (number + 1) * CHUNK]
        sealed.append(cipher.encrypt(_nonce(number, is_last=number == last), chunk, MAGIC + bound_to))
    return b"".join(sealed)


def opened(chunks: Iterable[bytes], key: bytes, bound_to: bytes) -> Iterator[bytes]:
    """Decrypt as it is read, a chunk at a time; raises Unreadable before it gives what was altered."""
    buffer = bytearray()
    source = iter(chunks)
    _fill(buffer, source, len(MAGIC) + SALT)
    if len(buffer) < len(MAGIC) + SALT or buffer[: len(MAGIC)] != MAGIC:
        raise Unreadable("This is not an envelope of evidence.")
    cipher = _cipher(key, bytes(buffer[len(MAGIC) : len(MAGIC) + SALT]))
    del buffer[: len(MAGIC) + SALT]
    number = 0
    while True:
        _fill(buffer, source, CHUNK + TAG + 1)
        is_last = len(buffer) <= CHUNK + TAG
        sealed = bytes(buffer[: CHUNK + TAG])
        del buffer[: CHUNK + TAG]
        try:
            yield cipher.decrypt(_nonce(number, is_last=is_last), sealed, MAGIC + bound_to)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("It cannot be decrypted: altered, cut off, or another key.") from error
        if is_last:
            return
        number += 1


def _fill(buffer: bytearray, source: Iterator[bytes], wanted: int) -> None:
    while len(buffer) < wanted and (chunk := next(source, b"")):
        buffer += chunk


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"fairboard evidence").derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")
