"""What safety holds of a member, for the copy they may ask for, and what keeps data from being erased."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from fairboard.kit.actors import Actor
from fairboard.people.queries_own_data import as_json
from fairboard.safety.models import Appeal, Case, Notice, Standing
from fairboard.safety.queries.decisions import decision_view, own_decisions
from fairboard.safety.queries.standing import is_held
from fairboard.safety.queries.traders import given_by


def is_needed(*, kind: str, subject_id: str, at: datetime) -> bool:
    """Whether a subject's data must stay for now: it is under a legal hold, or a case about it is open."""
    if is_held(subject_kind=kind, subject_id=subject_id, at=at):
        return True
    return Case.objects.filter(kind=kind, subject_id=subject_id, state="open").exists()


def copies(member_id: str) -> Iterator[tuple[str, bytes]]:
    """Decisions, the member's reports, appeals and details as a business, and what is said of the account."""
    yield "decisions.json", as_json(list(_decisions(member_id)))
    notices = Notice.objects.filter(reporter_id=member_id).order_by("pk")
    yield "reports.json", as_json([
        {"receipt": one.public_id, "at": one.at, "kind": one.kind, "text": one.text, "where": one.location,
         "name": one.reporter_name, "email": one.reporter_email}
        for one in notices
    ])  # fmt: skip
    appeals = Appeal.objects.filter(member_id=member_id).order_by("pk")
    yield "appeals.json", as_json([
        {"at": one.at, "text": one.text, "state": one.state, "outcome": one.outcome, "answer": one.answer}
        for one in appeals
    ])  # fmt: skip
    standing = Standing.objects.filter(member_id=member_id).first()
    yield "standing.json", as_json({
        "standing": standing.state if standing else "good", "reason": standing.reason if standing else "",
        "until": standing.until if standing else None, "business": given_by(member_id),
    })  # fmt: skip


def _decisions(member_id: str) -> Iterator[dict[str, object]]:
    actor, cursor = Actor("member", member_id, "member"), ""
    while True:
        page = own_decisions(actor=actor, cursor=cursor, size=100)
        for one in page.items:
            yield asdict(decision_view(decision_id=one.id, actor=actor))
        cursor = page.next_cursor
        if not cursor:
            return
