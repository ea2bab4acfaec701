"""The timestamps of RFC 3161 as bytes: a question to an authority, and what its answer holds.

Loaded with the first of them: its parser would add to what an idle process holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.x509 import Certificate
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


class BadToken(Exception):
    """The answer holds no timestamp that fits; the text says why."""


def question(said: bytes) -> bytes:
    """What to send for a timestamp over the SHA-256 of ``said``.

    There is no nonce in it: every seal's digest is new, and an older token over the same one would only prove more.
    """
    builder = TimestampRequestBuilder().data(said).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).nonce(nonce=False).build().as_bytes()


def moment(answer: bytes, digest: str, certificates: Sequence[Certificate]) -> datetime:
    """The moment an answer vouches for a digest (SHA-256, hex); given certificates, one of them stands behind it.

    Raises BadToken.
    """
    try:
        response = _decoded(answer)
        if PKIStatus(response.status) is not PKIStatus.GRANTED:
            raise BadToken(f"refused by the authority: {' '.join(response.status_string) or response.status}")
        imprint = response.tst_info.message_imprint
        if imprint.hash_algorithm.dotted_string != SHA256 or imprint.message.hex() != digest:
            raise BadToken("the token is over something else")
        if certificates:
            _check_signature(response, digest, certificates)
        at = response.tst_info.gen_time
    except (ValueError, VerificationError) as error:
        raise BadToken(f"the token does not hold: {error}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


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
