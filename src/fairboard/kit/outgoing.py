"""Requests to addresses that users name: never into the company's own network unless the operator says so."""

import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from django.utils.translation import gettext as _

from fairboard.kit.problems import Invalid

TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
READ = 2_000
"""How much of an answer is looked at, in bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``status`` is 0 where nothing did, and ``error`` says why."""

    status: int
    milliseconds: int
    text: str = ""
    error: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the other side took it: 2xx."""
        return 200 <= self.status < 300


def check_address(url: str, *, private: bool = False) -> None:
    """Raise Invalid for an address that is not https, holds a password, or plainly lies in a private network."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ({"http", "https"} if private else {"https"}) or not parts.hostname or port == -1:
        raise Invalid(_("Write an address that begins with https://."), field="url")
    if parts.username or parts.password or parts.fragment or len(url) > 500 or not url.isprintable() or " " in url:
        raise Invalid(_("This address cannot be used."), field="url")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        name = parts.hostname.lower()
        is_inside = name == "localhost" or name.endswith((".localhost", ".local", ".internal"))
    else:
        is_inside = not _is_public(literal)
    if is_inside and not private:
        raise Invalid(_("This address lies in a private network."), field="url")


def _is_public(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        found = inner
    return found.is_global and not found.is_multicast


def resolved(host: str, port: int, *, private: bool = False) -> str:
    """The address to connect to; raises OSError when there is none or any of them is private.

    The connection is made to the very address that was checked, so that a name cannot change between the two.
    """
    found = sorted({str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    for one in found:
        if not private and not _is_public(ipaddress.ip_address(one.partition("%")[0])):
            raise OSError(f"{host} lies in a private network.")
    if not found:
        raise OSError(f"{host} has no address.")
    return next((one for one in found if ":" not in one), found[0])


def post(url: str, *, body: bytes, headers: Mapping[str, str], private: bool = False) -> Answer:
    """Send a POST; redirects are not followed. Never raises: what went wrong is in the answer."""
    began = time.monotonic()
    try:
        check_address(url, private=private)
        parts = urlsplit(url)
        is_tls = parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        address = resolved(str(parts.hostname), port, private=private)
        pool: urllib3.HTTPConnectionPool
        if is_tls:
            pool = urllib3.HTTPSConnectionPool(
                address, port, timeout=TIMEOUT, retries=False, server_hostname=parts.hostname,
                assert_hostname=parts.hostname,
            )  # fmt: skip
        else:
            pool = urllib3.HTTPConnectionPool(address, port, timeout=TIMEOUT, retries=False)
        with pool:
            answer = pool.request(
                "POST", f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}", body=body,
                headers={"Host": parts.netloc, "User-Agent": "Fairboard", **headers}, redirect=False,
                preload_content=False,
            )  # fmt: skip
            text = answer.read(READ).decode("utf-8", "replace")
            answer.release_conn()
    except Invalid as problem:
        return Answer(0, _since(began), error=problem.detail)
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
        return Answer(0, _since(began), error=f"{type(error).__name__}: {error}"[:300])
    return Answer(answer.status, _since(began), text=text.replace("\x00", "")[:500])


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1_000)


def encoded(payload: object) -> bytes:
    """JSON as it is sent and signed."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
