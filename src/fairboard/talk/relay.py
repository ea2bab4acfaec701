"""Taking in mail: an answer to a relay address becomes a message of the conversation it belongs to.

Only the member an address was given to may write to it, quoted text and attachments are left out, and
automatic answers are dropped (RFC 3834). Whatever is refused is refused in the SMTP dialogue itself, so
that the sender's own server tells them why.
"""

import logging
from collections.abc import Callable, Sequence
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, Protocol, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.html import strip_tags
from mailparser_reply import EmailReplyParser

from fairboard.kit import clock
from fairboard.kit.problems import Problem, TooMany
from fairboard.people.queries import address_of
from fairboard.talk.queries import relay as relay_queries
from fairboard.talk.services.messages import LONGEST, write

log = logging.getLogger("fairboard.relay")
LARGEST_MAIL = 10_000_000
Answer = TypeVar("Answer")
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt"]


class MailIn(Protocol):
    """What a room above does with mail to a domain of its own."""

    def accepts(self, local: str) -> bool:
        """Whether there is an address of this local part."""
        ...

    def receive(self, raw: bytes, sender: str, locals_: Sequence[str]) -> str:
        """Take a mail to these local parts; returns the SMTP reply."""
        ...


_others: list[tuple[Callable[[], str], MailIn]] = []


def take_in(domain: Callable[[], str], mail_in: MailIn) -> None:
    """Have mail to another domain taken in by a room above: only one server can listen at port 25."""
    _others.append((domain, mail_in))


def _other(domain: str) -> MailIn | None:
    return next((one for named, one in _others if named().lower() == domain.lower()), None)


class RelayHandler:
    """The relay's side of the SMTP dialogue."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept only addresses that were given out."""
        local, _at, domain = address.rpartition("@")
        if other := _other(domain):
            if not await _in_thread(other.accepts, local):
                return "550 5.1.1 There is no such address"
            envelope.rcpt_tos.append(address)
            return "250 OK"
        if domain.lower() != settings.RELAY_DOMAIN.lower():
            return "550 5.7.1 This server takes no mail for that domain"
        try:
            known = await _in_thread(relay_queries.route, local)
        except DatabaseError:
            log.exception("the database did not answer the relay")
            return "451 4.3.0 Please try again later"
        if known is None:
            return "550 5.1.1 There is no such conversation"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Turn the mail into a message for each conversation it was sent to."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        try:
            return await _in_thread(receive, raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        except Exception:
            log.exception("a mail to the relay could not be handled")
            return "451 4.3.0 Please try again later"


def receive(raw: bytes, envelope_sender: str, recipients: list[str]) -> str:
    """Write the mail into its conversations; returns the SMTP reply."""
    for named, other in _others:
        mine = [one for one in recipients if one.rpartition("@")[2].lower() == named().lower()]
        if mine:
            answer = other.receive(raw, envelope_sender, [one.rpartition("@")[0] for one in mine])
            recipients = [one for one in recipients if one not in mine]
            if not recipients:
                return answer
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    if is_automatic(mail, envelope_sender):
        return "250 OK"
    text = written_text(mail)
    if not text:
        return "554 5.6.0 There is no text in this mail above the quoted part"
    senders = {envelope_sender.lower(), _from_address(mail)}
    for recipient in recipients:
        refusal = _deliver(recipient, senders, text, str(mail.get("Message-ID", "")).strip())
        if refusal:
            return refusal
    return "250 OK"


def _deliver(recipient: str, senders: set[str], text: str, mail_id: str) -> str:
    route = relay_queries.route(recipient.rpartition("@")[0])
    if route is None:
        return "550 5.1.1 There is no such conversation"
    if address_of(route.sender_id).lower() not in senders:
        return "550 5.7.1 Write from the address of your account"
    try:
        write(
            actor=route.sender, conversation_id=route.conversation_id, text=text[:LONGEST], at=clock.now(),
            way="mail", mail_id=mail_id,
        )  # fmt: skip
    except TooMany:
        return "451 4.7.1 Too many messages, please try again later"
    except Problem as problem:
        return f"554 5.6.0 {problem.detail or problem.title}".replace("\n", " ")
    return ""


def is_automatic(mail: EmailMessage, envelope_sender: str) -> bool:
    """Whether a machine wrote it: bounces, out-of-office notes, lists (RFC 3834)."""
    return (
        envelope_sender in {"", "<>"}
        or str(mail.get("Auto-Submitted", "no")).lower() != "no"
        or str(mail.get("Precedence", "")).lower() in {"bulk", "junk", "list", "auto_reply"}
    )


def written_text(mail: EmailMessage) -> str:
    """What the sender wrote, without the quoted mail and the signature."""
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, UnicodeError):  # a charset that does not exist
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if part.get_content_subtype() == "html":
        content = strip_tags(content.replace("<br>", "\n").replace("</p>", "\n"))
    content = content.replace("\r\n", "\n")
    parsed = EmailReplyParser(languages=LANGUAGES).parse_reply(text=content)
    return str(parsed or "").strip()


def _from_address(mail: EmailMessage) -> str:
    try:
        header: Any = mail.get("From")
        found: Address | None = header.addresses[0] if header and header.addresses else None
    except (AttributeError, IndexError, ValueError):
        return ""
    return found.addr_spec.lower() if found else ""


async def _in_thread(work: Callable[..., Answer], *arguments: Any) -> Answer:
    """Call what uses the database in a thread of its own, which keeps no connection for itself."""

    def call() -> Answer:
        close_old_connections()
        try:
            return work(*arguments)
        finally:
            close_old_connections()

    return await sync_to_async(call)()


def start(listen: str) -> Controller:
    """Take in mail at ``host:port`` in a thread of its own; raises OSError when the port is taken."""
    host, _, port = listen.rpartition("/")[2].rpartition(":")
    controller = Controller(
        RelayHandler(), hostname=host or "127.0.0.1", port=int(port), ident="Fairboard relay",
        data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True,
    )  # fmt: skip
    controller.start()
    return controller
