"""Background work of decisions: what waits, what ends, and the mails of warnings, appeals and reporters."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from fairboard.kit import clock, mail, tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import address_of, language_of
from fairboard.safety import appealing
from fairboard.safety.models import Appeal, MemberWarning, Notice, Reporter
from fairboard.safety.queries.appeals import OUTCOMES
from fairboard.safety.services import decisions, effects, warnings
from fairboard.screening import policies

CLOCK = Actor.system("clock")


@tasks.every(minutes=1, name="safety.carry_out")
def carry_out() -> None:
    """Carry out the decisions whose moment has come."""
    while decisions.carry_out_due(actor=CLOCK, at=clock.now()):
        pass


@tasks.every(minutes=5, name="safety.end_suspensions")
def end_suspensions() -> None:
    """End the suspensions whose time is over."""
    while effects.end_due(at=clock.now(), actor=CLOCK):
        pass


@tasks.every(minutes=30, name="safety.warn_members")
def warn_members() -> None:
    """Warn members whose automatic refusals add up."""
    warnings.warn_recent(at=clock.now())


@tasks.task("safety.tell_warned")
def tell_warned(event_number: int) -> None:
    """Tell a member that more refusals lead to a suspension."""
    event = event_by_number(event_number)
    row = MemberWarning.objects.filter(public_id=event.data["warning"]).first() if event else None
    to = address_of(row.member_id) if row else ""
    if row is None or not to:
        return
    _send(to, "warning", row.member_id, {"strikes": row.strikes, "policy": policies().get(row.policy)})


@tasks.task("safety.tell_standing")
def tell_standing(event_number: int) -> None:
    """Tell a member that their account is in good standing again."""
    event = event_by_number(event_number)
    if event is None or event.data["to"] != "good" or event.data["from"] not in {"on_hold", "suspended", "closed"}:
        return
    to = address_of(event.subject_id)
    if to:
        _send(to, "standing_good", event.subject_id, {})


@tasks.task("safety.tell_appellant")
def tell_appellant(event_number: int) -> None:
    """Confirm an appeal, or answer it, in the language of who filed it."""
    event = event_by_number(event_number)
    found = Appeal.objects.select_related("decision", "notice", "new_decision")
    appeal = found.filter(public_id=event.subject_id).first() if event else None
    if event is None or appeal is None:
        return
    notice = appeal.notice
    to = address_of(appeal.member_id) or (notice.reporter_email if notice else "")
    if not to:
        return
    link = reverse("redress:receipt", args=[notice.public_id]) if notice else reverse(
        "redress:decision", args=[appeal.decision.public_id]
    )  # fmt: skip
    is_answer = event.kind == "safety.appeal.decided"
    _send(to, "appeal_decided" if is_answer else "appeal_filed", appeal.member_id, {
        "link": settings.BASE_URL + link, "due": appeal.due_at, "answer": appeal.answer, "outcome": appeal.outcome,
        "is_reporter": notice is not None, "bodies": settings.DISPUTE_URL, "outcome_name": OUTCOMES[appeal.outcome],
        "last": appealing.last_moment(appeal.decision.at),
    })  # fmt: skip


@tasks.task("safety.tell_reporter")
def tell_reporter(event_number: int) -> None:
    """Tell a reporter of a warning or of a suspension of processing."""
    event = event_by_number(event_number)
    row = Reporter.objects.filter(public_id=event.subject_id).first() if event else None
    if event is None or row is None:
        return
    last = Notice.objects.filter(record=row).exclude(reporter_email="").order_by("-pk").first()
    to = address_of(row.member_id) or (last.reporter_email if last else "")
    if to:
        name = "reporter_muted" if event.kind == "safety.reporter.muted" else "reporter_warned"
        values = {"until": row.muted_until, "reason": row.mute_reason, "dismissed": row.dismissed}
        _send(to, name, row.member_id, values)


def _send(to: str, template: str, member_id: str, context: dict[str, Any]) -> None:
    mine = settings.BASE_URL + reverse("redress:mine")
    mail.send(
        to=to, template=f"safety/mail/{template}.txt", context={**context, "mine": mine},
        language=language_of(member_id),
    )  # fmt: skip
