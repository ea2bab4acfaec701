"""Who answers a mailing is counted as having answered, and the answer is on their timeline."""

from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from fairboard.crm.queries.timeline import timeline
from fairboard.crm.services.correspondence import take
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.marketing import incoming
from fairboard.marketing.models import Feedback
from tests.crm import made as record
from tests.marketing import made


def test_an_answer_to_a_mailing_is_counted_and_on_the_timeline(sink: Path, sales: Actor) -> None:
    now = clock.now()
    contact = record(sales, now, "contact", last_name="Reader", email="reader0@example.org")
    made.agreed(["reader0@example.org"], now)
    made.started(now, made.rows(1))
    made.run()
    ((_sender, _to, raw),) = made.got(sink)
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = "reader0@example.org", "team@example.org", "Re: News"
    answer["Message-ID"], answer["In-Reply-To"] = "<1@reader.example>", str(message_from_bytes(raw)["Message-ID"])
    answer.set_content("Please call me.")
    kept = take(raw=answer.as_bytes(), at=now)
    assert Feedback.objects.get().kind == "reply"
    assert timeline(actor=sales, record_id=contact.id).items[0].source_id == kept.record_id
    take(raw=answer.as_bytes(), at=now)
    assert Feedback.objects.count() == 1


def answered(raw: bytes, sender: str, number: int) -> bytes:
    """What a mail program makes of "answer"."""
    answer = EmailMessage()
    answer["From"], answer["To"] = sender, str(message_from_bytes(raw)["Reply-To"])
    answer["Subject"], answer["Message-ID"] = "Re: News", f"<{number}@reader.example>"
    answer.set_content("Please call me.")
    return answer.as_bytes()


def test_an_answer_to_the_mailing_itself_finds_its_timeline_and_its_owner(
    sink: Path, sales: Actor, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.RELAY_LISTEN = "127.0.0.1:25"
    now = clock.now()
    contact = record(sales, now, "contact", last_name="Reader", email="reader0@example.org")
    made.agreed(["reader0@example.org"], now)
    made.started(now, made.rows(1, key=f"crm.contact:{contact.id}"))
    made.run()
    ((_sender, _to, raw),) = made.got(sink)
    local = str(message_from_bytes(raw)["Reply-To"]).partition("@")[0]
    assert incoming.MailIn().accepts(local)
    for _again in range(2):
        incoming.MailIn().receive(answered(raw, "reader0@example.org", 1), "", [local])
    incoming.MailIn().receive(answered(raw, "private@elsewhere.example", 2), "", [local])  # from home, the same person
    rows = [one for one in timeline(actor=sales, record_id=contact.id).items if one.kind.startswith("crm.record")]
    assert [one.type_key for one in rows][:2] == ["mail", "mail"]
    assert [one.kind for one in Feedback.objects.all()] == ["reply"]


def test_an_automatic_answer_and_a_forged_address_count_for_nothing(sink: Path, sales: Actor, settings: Any) -> None:
    settings.RELAY_LISTEN = "127.0.0.1:25"
    now = clock.now()
    made.agreed(["reader0@example.org"], now)
    made.started(now, made.rows(1))
    made.run()
    ((_sender, _to, raw),) = made.got(sink)
    local = str(message_from_bytes(raw)["Reply-To"]).partition("@")[0]
    away = answered(raw, "reader0@example.org", 1).replace(b"Subject:", b"Auto-Submitted: auto-replied\nSubject:")
    assert not incoming.take(away, local, "smtp")
    assert not incoming.MailIn().accepts(local[:-1] + ("a" if local[-1] != "a" else "b"))
    assert not Feedback.objects.exists()
