"""Timestamps by a third party (RFC 3161): asking a time-stamp authority for one, and checking what it answered.

Only a digest leaves the house, nothing of what was sealed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import requests
from cryptography.x509 import Certificate, load_pem_x509_certificates

TOKENS = "fairboard.ledger.tokens"
TIMEOUT = 20
"""Seconds the authority has to connect, and between two pieces of its answer."""
LARGEST = 65_536
"""Bytes of an answer that are read: one with a chain of certificates has a few thousand."""


class NotStamped(Exception):
    """There is no timestamp that holds; the text says why, for an operator."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp: the authority's answer (DER) and the moment it vouches for."""

    answer: bytes
    at: datetime


def trusted(path: str) -> list[Certificate]:
    """The certificates of a PEM file, none without a path; raises NotStamped where it cannot be read."""
    if not path:
        return []
    try:
        return load_pem_x509_certificates(Path(path).expanduser().read_bytes())
    except (OSError, ValueError) as error:
        raise NotStamped(f"the certificates in {path} cannot be read: {error}") from error


def ask(url: str, said: bytes, certificates: Sequence[Certificate]) -> Stamp:
    """Have an authority sign the SHA-256 of ``said``; raises NotStamped for any answer that does not hold."""
    answer = _post(url, import_module(TOKENS).question(said))
    return check(answer, hashlib.sha256(said).hexdigest(), certificates)


def check(answer: bytes, digest: str, certificates: Sequence[Certificate]) -> Stamp:
    """The timestamp an answer holds over a digest (SHA-256, hex).

    Raises NotStamped where it holds none, one over something else or, given certificates, one that was not signed by
    a time-stamping certificate that leads to one of them and was valid then.
    """
    tokens: Any = import_module(TOKENS)
    try:
        return Stamp(answer, tokens.moment(answer, digest, certificates))
    except tokens.BadToken as error:
        raise NotStamped(str(error)) from error


def _post(url: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        with requests.post(url, data=body, headers=headers, timeout=TIMEOUT, stream=True) as response:
            answer = b""
            for chunk in response.iter_content(8_192):
                answer += chunk
                if len(answer) > LARGEST:
                    break
    except requests.RequestException as error:
        raise NotStamped(f"{url} does not answer: {type(error).__name__}") from error
    if response.status_code != 200 or len(answer) > LARGEST:
        raise NotStamped(f"{url} answers {response.status_code} with {len(answer):,} bytes")
    return answer
