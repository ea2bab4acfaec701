"""Work for takedown requests: mails to who asked, and copies of what was taken down."""

from django.conf import settings
from django.urls import reverse

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.safety.models import Takedown
from fairboard.safety.queries.takedowns import details_of
from fairboard.safety.services import takedowns


@tasks.task("safety.remove_copies")
def remove_copies(takedown_id: str) -> None:
    """Take down what else shows the same photos."""
    takedowns.remove_copies(takedown_id=takedown_id, at=clock.now())


@tasks.task("safety.tell_requester")
def tell_requester(event_number: int) -> None:
    """Send the receipt, or what was decided, to who asked."""
    event = event_by_number(event_number)
    takedown = Takedown.objects.filter(public_id=event.subject_id).first() if event else None
    if takedown is None:
        return
    receipt = reverse("duties:takedown_receipt", kwargs={"receipt": takedown.public_id})
    mail.send(
        to=details_of(takedown)["contact"], template="safety/mail/takedown.txt", language=takedown.language,
        context={
            "receipt": takedown.public_id, "link": settings.BASE_URL + receipt, "state": takedown.state,
            "due_at": takedown.due_at, "answer": takedown.answer,
            "missing": [str(takedowns.ELEMENTS[one]) for one in takedown.missing],
        },
    )  # fmt: skip


@tasks.every(minutes=30, name="safety.find_missed_copies")
def find_missed_copies() -> None:
    """Search again for requests whose search was interrupted."""
    for takedown_id in Takedown.objects.filter(state="removed", copies_at=None).values_list("public_id", flat=True):
        takedowns.remove_copies(takedown_id=takedown_id, at=clock.now())
