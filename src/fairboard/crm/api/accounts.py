"""Accounts over the API: their members, standing, timeline, what sales raises to safety."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from fairboard.crm.queries import knowledge
from fairboard.crm.queries.records import record
from fairboard.crm.queries.standing import members_of, signals, steps
from fairboard.crm.queries.timeline import timeline
from fairboard.crm.services import due_diligence, ties
from fairboard.kit import clock
from fairboard.kit.problems import NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()


class AccountStepIn(Schema):
    """A step of knowing a business: what was given, and whether it was checked."""

    details: dict[str, str] = {}
    confirmed: bool = False


class SignalIn(Schema):
    """Something that looks wrong about an account."""

    kind: str
    note: str = ""


class AnswerIn(Schema):
    """What safety answers: nothing, noted or held."""

    answer: str
    reason: str = ""


class MemberIn(Schema):
    """A member who acts for the account."""

    member_id: str


class SignalOut(Schema):
    """A signal as it stands."""

    id: str
    account_id: str
    account_name: str
    kind: str
    note: str
    raised_at: datetime
    answer: str
    answered_at: datetime | None


class StandingOut(Schema):
    """What is known of an account: its standing, members, steps, signals."""

    standing: str
    members: list[str]
    steps: list[dict[str, Any]]
    signals: list[SignalOut]


class TimelineEventOut(Schema):
    """An event on a timeline."""

    number: int
    kind: str
    type: str
    at: datetime
    actor: str
    text: str
    excerpt: str
    source_id: str
    changes: list[dict[str, str]]


class TimelineOut(Schema):
    """A page of a timeline."""

    items: list[TimelineEventOut]
    next_cursor: str


def _standing(request: HttpRequest, record_id: str, scope: str) -> dict[str, Any]:
    actor = require(request, scope)
    row = record(actor=actor, record_id=record_id)
    if row.type_key != "account":
        raise NotFound
    known = [{"step": one.step, "confirmed": one.is_confirmed, "details": one.details} for one in steps(account=row.pk)]
    return {
        "standing": row.values.get("standing", "clear"), "members": members_of([row.pk]).get(row.pk, []),
        "steps": known, "signals": signals(actor=actor, account=row.pk),
    }  # fmt: skip


@router.get(
    "/crm/accounts/{record_id}/standing",
    response={200: StandingOut, PROBLEMS: ProblemOut},
    operation_id="account_standing",
)
def get_standing(request: HttpRequest, record_id: str) -> dict[str, Any]:
    """What safety says of an account, and how well it is known."""
    return _standing(request, record_id, "crm:read")


@router.put(
    "/crm/accounts/{record_id}/steps/{step}",
    response={200: StandingOut, PROBLEMS: ProblemOut},
    operation_id="account_step",
)
def put_step(request: HttpRequest, record_id: str, step: str, body: AccountStepIn) -> dict[str, Any]:
    """Record a step of knowing an account: register, contact or traceability."""
    actor = require(request, "crm:write")
    due_diligence.take_step(
        account_id=record_id, step=step, details=body.details, confirmed=body.confirmed, actor=actor, at=clock.now()
    )
    return _standing(request, record_id, "crm:write")


@router.post(
    "/crm/accounts/{record_id}/members", response={200: StandingOut, PROBLEMS: ProblemOut}, operation_id="account_tie"
)
def post_member(request: HttpRequest, record_id: str, body: MemberIn) -> dict[str, Any]:
    """Tie a member to an account."""
    actor = require(request, "crm:write")
    ties.tie_members(account_id=record_id, member_ids=[body.member_id], actor=actor, at=clock.now())
    return _standing(request, record_id, "crm:write")


@router.delete(
    "/crm/accounts/{record_id}/members/{member_id}",
    response={204: None, PROBLEMS: ProblemOut},
    operation_id="account_untie",
)
def delete_member(request: HttpRequest, record_id: str, member_id: str) -> Status[None]:
    """Take a member off an account."""
    actor = require(request, "crm:write")
    row = record(actor=actor, record_id=record_id)
    if member_id not in members_of([row.pk]).get(row.pk, []):
        raise NotFound
    ties.untie_member(member_id=member_id, actor=actor, at=clock.now())
    return Status(204, None)


@router.post(
    "/crm/accounts/{record_id}/signals", response={201: SignalOut, PROBLEMS: ProblemOut}, operation_id="account_signal"
)
def post_signal(request: HttpRequest, record_id: str, body: SignalIn) -> Status[Any]:
    """Raise something about an account to safety."""
    actor = require(request, "crm:write")
    made = due_diligence.raise_signal(account_id=record_id, kind=body.kind, note=body.note, actor=actor, at=clock.now())
    row = record(actor=actor, record_id=record_id)
    return Status(201, next(one for one in signals(actor=actor, account=row.pk) if one.id == made))


@router.get("/crm/signals", response={200: list[SignalOut], PROBLEMS: ProblemOut}, operation_id="signals")
def get_signals(request: HttpRequest, is_open: bool | None = None) -> Any:
    """Every signal, for safety."""
    return signals(actor=require(request, "desk:read"), is_open=is_open)


@router.post(
    "/crm/signals/{signal_id}/answer", response={204: None, PROBLEMS: ProblemOut}, operation_id="signal_answer"
)
def post_answer(request: HttpRequest, signal_id: str, body: AnswerIn) -> Status[None]:
    """Answer a signal, for safety."""
    actor = require(request, "desk:write")
    due_diligence.answer_signal(
        signal_id=signal_id, answer=body.answer, reason=body.reason, actor=actor, at=clock.now()
    )
    return Status(204, None)


@router.post(
    "/crm/accounts/{record_id}/release", response={204: None, PROBLEMS: ProblemOut}, operation_id="account_release"
)
def post_release(request: HttpRequest, record_id: str) -> Status[None]:
    """Lift the hold on an account itself, for safety."""
    actor = require(request, "desk:write")
    due_diligence.release_account(account_id=record_id, actor=actor, at=clock.now())
    return Status(204, None)


@router.get(
    "/crm/accounts/{record_id}/known/{year}",
    response={200: dict[str, Any], PROBLEMS: ProblemOut},
    operation_id="account_known",
)
def get_known(request: HttpRequest, record_id: str, year: int) -> dict[str, Any]:
    """What was known about an account in a year, from the ledger."""
    found = knowledge.what_we_knew(actor=require(request, "crm:read"), account_id=record_id, year=year)
    return {
        "account_id": found.account_id, "year": found.year, "counts": dict(found.counts),
        "events": [
            {"id": one.id, "kind": one.kind, "at": one.at, "actor": one.actor_name or one.actor_kind, "data": one.data}
            for one in found.events
        ],
    }  # fmt: skip


@router.get(
    "/crm/records/{record_id}/timeline",
    response={200: TimelineOut, PROBLEMS: ProblemOut},
    operation_id="record_timeline",
)
def get_timeline(
    request: HttpRequest, record_id: str, kind: list[str] = Query([]), q: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """What happened with a record, the newest first."""
    page = timeline(
        actor=require(request, "crm:read"), record_id=record_id, kinds=kind, text=q, cursor=cursor,
        size=min(max(limit, 1), 200),
    )  # fmt: skip
    return {
        "next_cursor": page.next_cursor,
        "items": [
            {"number": one.number, "kind": one.kind, "type": one.type_key, "at": one.at, "actor": one.actor_name,
             "text": one.text, "excerpt": one.excerpt, "source_id": one.source_id,
             "changes": [{"label": x.label, "before": x.before, "after": x.after} for x in one.changes]}
            for one in page.items
        ],
    }  # fmt: skip
