"""Mail on timelines: matched by address to contacts, leads and accounts, kept once however often it comes in."""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import values
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Dropbox, Record
from fairboard.crm.queries.access import SYSTEM_SEAT, seat_of
from fairboard.crm.services import writing
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.people.queries import actor_by_id, address_of
from fairboard.talk.relay import is_automatic, written_text

log = logging.getLogger("fairboard.crm.mail")
MATCHED = ("contact", "lead", "account")
"""Types whose e-mail field is looked for, in this order."""
MOST_ABOUT = 10
KEPT = "kept already"
"""Why a mail that came in twice is not kept again."""
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: the record it is kept as, and why it is not when there is none."""

    record_id: str = ""
    why_not: str = ""


Answered = Callable[[list[str], datetime], object]
_answered: list[Answered] = []


def on_answer(listener: Answered) -> Answered:
    """Have a room above told which mails of ours a mail answers, by what its In-Reply-To and References name."""
    _answered.append(listener)
    return listener


def dropbox_address(*, actor: Actor) -> str:
    """The secret address of somebody who works with the CRM; made when asked for first. Raises Forbidden."""
    seat_of(actor)
    box, _new = Dropbox.objects.get_or_create(member_id=actor.id, defaults={"key": secrets.token_hex(10)})
    return f"{box.key}@{settings.CRM_MAIL_DOMAIN}"


def take(
    *, raw: bytes, at: datetime, owner: Actor | None = None, sent_by_us: bool | None = None, about: Sequence[str] = ()
) -> Taken:
    """Keep a mail on the timelines of whom it was from or to.

    ``owner`` is whose mailbox or dropbox it came through. ``sent_by_us`` None asks the sender's address: it is ours
    when it is that of ``owner``. ``about`` are records it concerns when nobody is known by its addresses. Nothing is
    kept of a mail that concerns nobody known, or of an automatic one.
    """
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    sender = next(iter(_addresses(mail, "From")), "")
    if is_automatic(mail, sender):
        return Taken(why_not="automatic")
    own = address_of(owner.id).lower() if owner else ""
    is_out = sender == own if sent_by_us is None else sent_by_us
    receivers = _addresses(mail, "To", "Cc")
    info = catalogue().type("mail")
    named = f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}".split()[:50]
    if not is_out and named:
        for listener in _answered:
            listener(named, at)
    about = _matched(receivers if is_out else [sender]) or list(about)
    if not about:
        return Taken(why_not="nobody known")
    given = {
        "subject": str(mail.get("Subject", ""))[:200], "direction": "out" if is_out else "in", "from_address": sender,
        "to_addresses": ", ".join(receivers)[:1000], "at": _moment(mail, at).isoformat(), "about": about,
        "body": (written_text(mail) or _("(no text)"))[:LONGEST],
        "message_id": str(mail.get("Message-ID", "")).strip()[:500] or f"<{secrets.token_hex(12)}@none>",
    }  # fmt: skip
    return _kept(info, given, owner, at)


def _kept(info: TypeInfo, given: dict[str, Any], owner: Actor | None, at: datetime) -> Taken:
    actor = owner or Actor.system("mail")
    parsed = values.parse(info, given, editable=set(given))
    for key in parsed.errors:  # an address no field takes loses that field, never the mail
        parsed.values.pop(key, None)
    try:
        with transaction.atomic():
            draft = writing.Draft(parsed.values, owner_id=owner.id if owner else "")
            plan = writing.plan(info, draft, actor=actor, at=at)
            (done,) = writing.write(info, [plan], seat=SYSTEM_SEAT, actor=actor, at=at, source="mail")
    except writing.Duplicate:
        return Taken(why_not=KEPT)
    except Problem as problem:
        log.warning("a mail could not be kept: %s", problem.detail)
        return Taken(why_not=problem.detail)
    return Taken(done.record.public_id)


def _matched(addresses: Iterable[str]) -> list[str]:
    """The records whose e-mail is one of these, contacts before leads before accounts: one record an address."""
    wanted = list(dict.fromkeys(one for one in addresses if one))[:50]
    found: dict[str, str] = {}
    for key in MATCHED:
        info = catalogue().types.get(key)
        if info is None:
            continue
        rows = Record.objects.filter(type_id=info.id, deleted_at=None, data__email__in=wanted)
        for public_id, address in rows.order_by("pk").values_list("public_id", "data__email")[:200]:
            found.setdefault(str(address).lower(), public_id)
    return list(dict.fromkeys(found.values()))[:MOST_ABOUT]


def _addresses(mail: EmailMessage, *headers: str) -> list[str]:
    found: list[str] = []
    for name in headers:
        for header in mail.get_all(name, []):
            try:
                found += [one.addr_spec.lower() for one in header.addresses if one.addr_spec]
            except (AttributeError, IndexError, ValueError):
                continue
    # Half a surrogate pair, which a broken header leaves, is nothing a database keeps.
    return list(dict.fromkeys(one.encode("utf-8", "ignore").decode() for one in found))


def _moment(mail: EmailMessage, at: datetime) -> datetime:
    try:
        found = parsedate_to_datetime(str(mail.get("Date", "")))
    except (TypeError, ValueError):
        return at
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return min(found.astimezone(UTC), at)


class DropboxMail:
    """The dropboxes' side of the SMTP dialogue (see `talk.relay.take_in`)."""

    def accepts(self, local: str) -> bool:
        """Whether somebody has this address."""
        return Dropbox.objects.filter(key=local.lower()).exists()

    def receive(self, raw: bytes, sender: str, locals_: Sequence[str]) -> str:
        """Keep a mail for whoever has the address, if they sent it themselves."""
        author = _addresses(BytesParser(policy=policy.default).parsebytes(raw), "From")
        for local in locals_:
            box = Dropbox.objects.filter(key=local.lower()).first()
            owner = actor_by_id(box.member_id) if box else None
            if owner is None or not owner.can("crm.use"):
                return "550 5.1.1 There is no such address"
            theirs = address_of(owner.id).lower()
            if theirs not in {sender.lower(), *author}:
                return "550 5.7.1 Write from the address of your account"
            take(raw=raw, at=clock.now(), owner=owner)
        return "250 OK"
