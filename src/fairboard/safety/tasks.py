"""Telling people what was decided."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import address_of, language_of
from fairboard.safety import appealing, registry, statements
from fairboard.safety.models import Appeal, Decision, Notice
from fairboard.safety.queries.decisions import is_told_by_a_later_one, view_of
from fairboard.safety.queries.orders import is_silenced


@tasks.task("safety.tell_people")
def tell_people(event_number: int) -> None:
    """Send the author the statement of reasons and each reporter the outcome; a decision that waits tells nobody."""
    event = event_by_number(event_number)
    found = Decision.objects.select_related("submission", "case", "undoes")
    decision = found.filter(public_id=event.data["decision"]).first() if event else None
    if event is None or decision is None or decision.carried_out_at is None:
        return
    submission = decision.submission
    described = registry.describe(submission.kind, submission.subject_id)
    context = {
        "title": described.title if described else submission.kind,
        "link": settings.BASE_URL + (described.url if described else "/"),
        "page": settings.BASE_URL + reverse("redress:decision", args=[decision.public_id]),
        "allowed": decision.outcome == "allow",
        "kind": submission.kind,
    }
    appeal = Appeal.objects.filter(public_id=event.data.get("appeal", "")).first()
    restricts = decision.outcome == "reject" or statements.needed(decision.actions)
    if appeal is None or appeal.notice_id or restricts:  # an author who was right is told the answer
        _tell_author(decision, context, restricts)
    _tell_reporters(decision, context, appeal.notice_id or 0 if appeal else 0)


def _tell_author(decision: Decision, context: dict[str, Any], restricts: bool) -> None:
    author_id = decision.submission.author_id
    author = address_of(author_id)
    news = restricts or decision.submission.verdict != "allow" or decision.undoes is not None
    submission = decision.submission
    if not author or not news:
        return
    if decision.outcome == "reject" and is_told_by_a_later_one(decision):
        return  # one act took down what is shown and what waits: one mail
    if is_silenced(kind=submission.kind, subject_id=submission.subject_id, decided_at=decision.at, at=clock.now()):
        return  # an authority forbids it for now; `safety.tell_after_silence` does it later
    language = language_of(author_id)
    with translation.override(language):
        view = view_of(decision)
    mail.send(
        to=author, template="safety/mail/decision.txt", context={**context, "view": view, "restricts": restricts},
        language=language,
    )  # fmt: skip


def _tell_reporters(decision: Decision, context: dict[str, Any], appealed: int) -> None:
    """Tell everybody who reported it; who appealed is told the answer instead."""
    if decision.case is None or decision.outcome not in {"allow", "reject"}:
        return
    untold = Q(told_at=None)
    if decision.undoes:
        untold |= Q(told_at__lt=decision.at)
    for notice in Notice.objects.filter(untold, case=decision.case).exclude(pk=appealed):
        address = notice.reporter_email or address_of(notice.reporter_id)
        if address:
            receipt = reverse("redress:receipt", args=[notice.public_id])
            mail.send(
                to=address,
                template="safety/mail/notice_decided.txt",
                context={
                    **context, "receipt": notice.public_id, "page": settings.BASE_URL + receipt,
                    "last": appealing.last_moment(decision.at), "bodies": settings.DISPUTE_URL,
                    "again": notice.told_at is not None,
                },
                language=language_of(notice.reporter_id),
            )  # fmt: skip
        Notice.objects.filter(pk=notice.pk).update(told_at=clock.now())
