"""The mail server as one address, ``smtp+tls://user:password@host:587``. The settings read it: no Django here."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
"""Each scheme with the port it means when none is given (RFC 5321, RFC 6409, RFC 8314)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; ``use_tls`` begins in the clear and switches (STARTTLS), ``use_ssl`` does not."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


def parse(url: str) -> MailServer:
    """Read the address of a mail server; raises ValueError with a reason that never shows the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("host or port are not what they should be; write / in a password as %2F") from None
    if parts.scheme not in PORTS:
        raise ValueError(f"it begins with none of {', '.join(f'{scheme}://' for scheme in PORTS)}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("something follows the port; write /, ? and # in a password as %2F, %3F and %23")
    if not parts.hostname:
        raise ValueError("the host is missing")
    return MailServer(
        parts.hostname, port or PORTS[parts.scheme], unquote(parts.username or ""), unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls", use_ssl=parts.scheme == "smtp+ssl",
    )  # fmt: skip
