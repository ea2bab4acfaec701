"""Who answers a mailing is counted as having answered, and the answer is on their timeline."""

from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from fairboard.crm.queries.timeline import timeline
from fairboard.crm.services.correspondence import take
from fairboard.kit import clock
from fairboard.kit.actors import Actor
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
