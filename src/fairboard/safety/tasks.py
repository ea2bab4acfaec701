"""Telling people what was decided."""

from django.conf import settings

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import address_of, language_of
from fairboard.safety import registry
from fairboard.safety.models import Decision, Notice
from fairboard.safety.queries.orders import is_silenced
from fairboard.screening import policies


@tasks.task("safety.tell_people")
def tell_people(event_number: int) -> None:
    """Send the author the statement of reasons and each reporter the outcome."""
    event = event_by_number(event_number)
    decision = (
        Decision.objects.select_related("submission", "case").filter(public_id=event.data["decision"]).first()
        if event
        else None
    )
    if decision is None:
        return
    submission = decision.submission
    described = registry.describe(submission.kind, submission.subject_id)
    policy = policies().get(decision.policy)
    context = {
        "title": described.title if described else submission.kind,
        "link": settings.BASE_URL + (described.url if described else "/"),
        "allowed": decision.outcome == "allow",
        "policy": policy,
        "reason": decision.reason_text,
        "kind": submission.kind,
    }
    author = address_of(submission.author_id)
    had_been_held = submission.verdict != "allow"
    if author and is_silenced(
        kind=submission.kind, subject_id=submission.subject_id, decided_at=decision.at, at=clock.now()
    ):
        author = ""  # an authority forbids it for now; `safety.tell_after_silence` does it later
    if author and (decision.outcome == "reject" or had_been_held):
        mail.send(
            to=author,
            template="safety/mail/decision.txt",
            context=context,
            language=language_of(submission.author_id),
        )
    for notice in Notice.objects.filter(case=decision.case, told_at=None):
        address = notice.reporter_email or address_of(notice.reporter_id)
        if address:
            mail.send(
                to=address,
                template="safety/mail/notice_decided.txt",
                context={**context, "receipt": notice.public_id},
                language=language_of(notice.reporter_id),
            )
        Notice.objects.filter(pk=notice.pk).update(told_at=clock.now())
