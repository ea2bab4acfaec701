"""The hashes of the ledger: a canonical digest of each event and a Merkle tree over a batch.

Leaves and nodes are hashed with different prefixes (RFC 6962, section 2.1), so that a node can never
be passed off as an event.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def event_digest(
    *,
    public_id: str,
    kind: str,
    subject_kind: str,
    subject_id: str,
    actor_kind: str,
    actor_id: str,
    actor_name: str,
    at: datetime,
    data: dict[str, Any],
) -> str:
    """SHA-256 (hex) over the canonical JSON of everything an event says."""
    body = _CANONICAL.encode(
        [public_id, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name,
         at.astimezone(UTC).isoformat(timespec="microseconds"), data]
    )  # fmt: skip
    return hashlib.sha256(b"\x00" + body.encode("utf-8", "surrogatepass")).hexdigest()


def merkle_root(digests: Sequence[str]) -> str:
    """The root (hex) of the tree over leaf digests (hex); an odd node moves up as it is."""
    level = [bytes.fromhex(digest) for digest in digests]
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def seal_text(number: int, count: int, root: str, previous: str) -> bytes:
    """All that a seal says, the digest of the seal before included."""
    return f"{number}:{count}:{root}:{previous}".encode()


def seal_digest(number: int, count: int, root: str, previous: str) -> str:
    """SHA-256 (hex) of a seal's text: what chains one seal to the next, and what a time-stamp authority signs."""
    return hashlib.sha256(seal_text(number, count, root, previous)).hexdigest()
