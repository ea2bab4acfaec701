"""Letters about orders: to the authority, and to those who could not be told before."""

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import address_of, language_of
from fairboard.safety import registry
from fairboard.safety.models import Decision, Order, OrderSubject
from fairboard.safety.queries.letters import letter_context, waiting_to_be_told
from fairboard.safety.services.orders import mark_told, told

TEMPLATES = {"received": "order_receipt", "answer": "order_answer", "refuse": "order_answer"}


@tasks.task("safety.write_to_authority")
def write_to_authority(event_number: int) -> None:
    """Send the receipt or the answer to the authority's address, if it gave one."""
    event = event_by_number(event_number)
    if event is None:
        return
    step = str(event.data.get("step", "received"))
    context = letter_context(order_id=event.subject_id, step=step)
    if step in TEMPLATES and context and context["contact"]:
        mail.send(
            to=str(context["contact"]), template=f"safety/mail/{TEMPLATES[step]}.txt", context=context,
            language=str(context["language"]),
        )  # fmt: skip


@tasks.every(minutes=60, name="safety.tell_after_silence")
def tell_after_silence() -> None:
    """Tell the authors of what a confidential order took down, once they may be told (DSA art. 9(5))."""
    for order_id in waiting_to_be_told(at=clock.now()):
        if not mark_told(order_id=order_id, at=clock.now()):
            continue
        order = Order.objects.get(public_id=order_id)
        order.is_confidential = False  # in memory: for the words only
        for subject in OrderSubject.objects.filter(order=order).exclude(decision_id=""):
            _tell(order, subject)


def _tell(order: Order, subject: OrderSubject) -> None:
    decision = Decision.objects.select_related("submission").filter(public_id=subject.decision_id).first()
    author = address_of(decision.submission.author_id) if decision else ""
    if not decision or not author:
        return
    described = registry.describe(subject.kind, subject.subject_id)
    language = language_of(decision.submission.author_id)
    mail.send(
        to=author, template="safety/mail/order_told.txt", language=language,
        context={"title": described.title if described else subject.kind, "reason": told(order)},
    )  # fmt: skip
