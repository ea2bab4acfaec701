"""Mailings and sinks other tests are about."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.marketing import mailer, sink
from fairboard.marketing.models import Mailing
from fairboard.marketing.services import consents, mailings, templates
from fairboard.marketing.services.consents import Change
from fairboard.marketing.services.mailings import MailingDraft
from fairboard.marketing.services.templates import TextDraft
from tests.server import free_port

OPERATOR = Actor.system("tests")
BLOCKS: list[dict[str, Any]] = [
    {"type": "heading", "text": 'Hello {{ contact.name | default("there") }}'},
    {"type": "text", "text": "There is **something new** on the market."},
    {"type": "button", "text": "Look", "href": "https://example.org/look"},
]


def wrote_template(
    at: datetime, blocks: Sequence[Mapping[str, Any]] = BLOCKS, subject: str = "News for you", actor: Actor = OPERATOR
) -> str:
    """A template in English."""
    made = templates.create_template(name="News", actor=actor, at=at)
    templates.save_text(template_id=made, draft=TextDraft("en", subject, "", list(blocks)), actor=actor, at=at)
    return made


def rows(count: int, **more: Any) -> list[dict[str, Any]]:
    """So many recipients."""
    return [{"address": f"reader{number}@example.org", "name": f"Reader {number}", **more} for number in range(count)]


def agreed(addresses: Sequence[str], at: datetime, topic: str = "news") -> None:
    """These addresses agreed to a topic."""
    for one in addresses:
        consents.write(
            address=one,
            changes=[Change(topic, "given", "mail", "Yes.", 1)],
            source="test",
            proof={},
            actor=OPERATOR,
            at=at,
        )


def mailing(at: datetime, recipients: Sequence[Mapping[str, Any]], actor: Actor = OPERATOR, **more: Any) -> str:
    """A mailing that passed the gate."""
    more.setdefault("basis", "customer")
    template = more.pop("template_id", "") or wrote_template(at)
    audience = more.pop("audience", None) or {"kind": "addresses", "rows": [dict(one) for one in recipients]}
    draft = MailingDraft("Autumn", "news", template, audience, **more)
    made = mailings.save_mailing(draft=draft, actor=actor, at=at)
    review = mailings.submit(mailing_id=made, actor=actor, at=at)
    assert review.verdict == "allow", review.reasons
    return made


def started(at: datetime, recipients: Sequence[Mapping[str, Any]], **more: Any) -> str:
    """A mailing that goes out at this moment."""
    made = mailing(at, recipients, **more)
    mailings.schedule(mailing_id=made, starts_at=at, actor=OPERATOR, at=at)
    return made


def run(at: datetime | None = None, **more: Any) -> int:
    """One round of the mailer, one connection unless told otherwise."""
    moment: Callable[[], datetime] = (lambda: at) if at else clock.now
    more.setdefault("lanes", 1)
    return mailer.run_once(moment, **more)


def state(mailing_id: str) -> str:
    """The state of a mailing."""
    return Mailing.objects.get(public_id=mailing_id).state


@contextmanager
def sinking(folder: Path) -> Iterator[int]:
    """A running sink that mailings are sent to; gives its port."""
    port = free_port()
    before = settings.MAILING_SMTP_URLS, settings.MAIL_SINK_DIR, settings.MAIL_SINK, settings.MAILING_JOURNALS
    settings.MAILING_SMTP_URLS, settings.MAIL_SINK_DIR = [f"smtp://127.0.0.1:{port}"], folder / "sink"
    settings.MAIL_SINK, settings.MAILING_JOURNALS = True, folder / "journals"
    server = sink.start(f"127.0.0.1:{port}", folder / "sink")
    try:
        yield port
    finally:
        server.stop()
        settings.MAILING_SMTP_URLS, settings.MAIL_SINK_DIR, settings.MAIL_SINK, settings.MAILING_JOURNALS = before


def got(folder: Path) -> list[tuple[str, str, bytes]]:
    """Recipient, return path and mail of everything the sink has, in its order."""
    database = sqlite3.connect(folder / "sink" / "sink.sqlite3")
    try:
        return list(database.execute("SELECT recipient, sender, raw FROM mails ORDER BY id"))
    finally:
        database.close()


def later(at: datetime, **delta: float) -> datetime:
    """A moment after this one."""
    return at + timedelta(**delta)
