"""Timestamps by a third party (RFC 3161): asking a time-stamp authority for one, and checking what it answered.

Only a digest leaves the house, nothing of what was sealed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

SHA256 = "2.16.840.1.101.3.4.2.1"
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
    asked = TimestampRequestBuilder().data(said).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
    # No nonce: every seal's digest is new, and an older token over the same one would only prove more.
    request = asked.nonce(nonce=False).build()
    return check(_post(url, request.as_bytes()), hashlib.sha256(said).hexdigest(), certificates)


def check(answer: bytes, digest: str, certificates: Sequence[Certificate]) -> Stamp:
    """The timestamp an answer holds over a digest (SHA-256, hex).

    Raises NotStamped where it holds none, one over something else or, given certificates, one that was not signed by
    a time-stamping certificate that leads to one of them and was valid then.
    """
    try:
        response = _decoded(answer)
        if PKIStatus(response.status) is not PKIStatus.GRANTED:
            raise NotStamped(f"refused by the authority: {' '.join(response.status_string) or response.status}")
        imprint = response.tst_info.message_imprint
        if imprint.hash_algorithm.dotted_string != SHA256 or imprint.message.hex() != digest:
            raise NotStamped("the token is over something else")
        if certificates:
            _check_signature(response, digest, certificates)
        at = response.tst_info.gen_time
    except (ValueError, VerificationError) as error:
        raise NotStamped(f"the token does not hold: {error}") from error
    return Stamp(answer, at if at.tzinfo else at.replace(tzinfo=UTC))


def _check_signature(response: TimeStampResponse, digest: str, certificates: Sequence[Certificate]) -> None:
    builder = VerifierBuilder()
    for certificate in dict.fromkeys(certificates):
        builder = builder.add_root_certificate(certificate)
    builder.build().verify(response, bytes.fromhex(digest))


def _decoded(answer: bytes) -> TimeStampResponse:
    """The answer, parsed; raises ValueError.

    Certificates stand in a set, which DER sorts (X.690, 11.6) and OpenSSL leaves as configured. The parser takes only
    the former, RFC 5652 allows both, and nothing signs their order: they are sorted for the parser alone.
    """
    try:
        _status, token = _parts(answer, *_parts(answer, 0, len(answer))[0][1:])
        _kind, content = _parts(answer, *token[1:])
        signed = _parts(answer, *_parts(answer, *content[1:])[0][1:])
        start, end = next(one[1:] for one in signed if answer[one[0]] == 0xA0)
        certificates = sorted(answer[first:last] for first, _content, last in _parts(answer, start, end))
    except (ValueError, IndexError, StopIteration):
        return decode_timestamp_response(answer)  # it says what is wrong, if anything is
    return decode_timestamp_response(answer[:start] + b"".join(certificates) + answer[end:])


def _parts(raw: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """Where each element of a DER sequence begins, has its content, and ends (X.690, 8.1); raises ValueError."""
    parts = []
    while start < end:
        size, content = raw[start + 1], start + 2
        if size >= 0x80:
            content += size - 0x80
            size = int.from_bytes(raw[start + 2 : content], "big")
        if content + size > end:
            raise ValueError("An element is longer than what holds it.")
        parts.append((start, content, content + size))
        start = content + size
    return parts


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
