"""The clocks of traders, and the mails that go with them."""

from django.conf import settings
from django.urls import reverse

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import address_of, language_of
from fairboard.safety.models import TraderRecord
from fairboard.safety.services import traders

TOLD = {"declared", "reached", "warned", "suspended", "verified", "refused"}


@tasks.every(minutes=60, name="safety.run_trader_clocks")
def run_trader_clocks() -> None:
    """Warn and suspend who did not say in time who they are."""
    traders.run_clocks(at=clock.now())


@tasks.task("safety.tell_trader")
def tell_trader(event_number: int) -> None:
    """Tell a seller what is asked of them, or what was decided."""
    event = event_by_number(event_number)
    step = str(event.data.get("step", "")) if event else ""
    address = address_of(event.subject_id) if event and step in TOLD else ""
    row = TraderRecord.objects.filter(member_id=event.subject_id).first() if event else None
    if not event or not address or row is None:
        return
    mail.send(
        to=address, template="safety/mail/trader.txt", language=language_of(event.subject_id),
        context={
            "step": step, "due_at": event.data.get("due"), "answer": row.answer, "is_trader": row.is_trader,
            "is_certifying": row.verified_at is not None, "link": settings.BASE_URL + reverse("duties:trader"),
        },
    )  # fmt: skip
