"""Writing to contacts of the CRM: their fields are merged in, and an account on hold is left out."""

from pathlib import Path

from fairboard.crm.services.records import create_record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.marketing.models import Delivery
from tests.marketing import made
from tests.marketing.made import OPERATOR, got, run, started


def test_contacts_get_it_in_their_own_words(sink: Path, admin: Actor) -> None:
    now = clock.now()
    account = create_record(actor=OPERATOR, type_key="account", values={"name": "Wheels Ltd", "city": "Berlin"}, at=now)
    for name in ("Anna", "Ben"):
        create_record(
            actor=OPERATOR, type_key="contact", at=now,
            values={"first_name": name, "last_name": "X", "email": f"{name}@example.org", "account": account.id,
                    "time_zone": "Europe/Berlin"},
        )  # fmt: skip
    create_record(actor=OPERATOR, type_key="contact", values={"last_name": "No mail"}, at=now)
    text = "{{ contact.first_name }} of {{ account.name }} in {{ account.city }}"
    started(
        now, [], template_id=made.wrote_template(now, [{"type": "text", "text": text}]),
        audience={"kind": "records", "type": "contact"}, actor=admin,
    )  # fmt: skip
    run()
    assert sorted(to for to, _sender, _raw in got(sink)) == ["anna@example.org", "ben@example.org"]
    assert b"Anna" in got(sink)[0][2]
    assert b"Wheels Ltd" in got(sink)[0][2]
    assert set(Delivery.objects.exclude(address="").values_list("zone", flat=True)) == {"Europe/Berlin"}
    assert Event.objects.filter(kind="marketing.mail.sent", subject_kind="crm.contact").count() == 2
