"""Appeals: free, electronic, for six months, decided by another person and never by a program (DSA article 20)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from fairboard.kit import limits
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Gone, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import appealing, statements
from fairboard.safety import events_decisions as events
from fairboard.safety.models import Appeal, Decision, Notice
from fairboard.safety.queries.appeals import visible_appeals
from fairboard.safety.services import deciding, decisions, undoing

OUTCOMES = ("uphold", "overturn", "partly")
LEAST_TEXT = 10


class TooLate(Gone):
    """The six months are over."""

    code = "appeal-too-late"


class AppealedBefore(Conflict):
    """There is an appeal already: one that is open, or one that was decided."""

    code = "appealed-before"


class SamePerson(Forbidden):
    """Whoever decided does not decide on the appeal."""

    code = "same-person"


@dataclass(frozen=True, slots=True)
class Answer:
    """How an appeal is decided; ``policy``, ``reason_text`` and ``actions`` are those of a decision put in its place.

    An author's appeal that is right in part keeps ``actions``; a reporter's that is right refuses what was allowed.
    """

    outcome: str
    text: str
    policy: str = ""
    reason_text: str = ""
    actions: Sequence[str] = ()
    days: int = 0


def file_appeal(*, decision_id: str, text: str, facts: str = "", actor: Actor, at: datetime) -> str:
    """The author of a submission appeals against a decision on it; returns the appeal's public id.

    Raises NotFound for somebody else's decision, Invalid, TooLate, AppealedBefore, Conflict when it restricts nothing.
    """
    decision = Decision.objects.select_related("submission").filter(public_id=decision_id).first()
    if decision is None or not actor.id or decision.submission.author_id != actor.id:
        raise NotFound(_("There is no such decision."))
    if not statements.needed(decision.actions) and decision.outcome != "reject":
        raise Conflict(_("This decision restricts nothing, so there is nothing to appeal against."))
    return _file(decision, None, actor, text, facts, at)


def file_reporter_appeal(*, receipt: str, text: str, facts: str = "", actor: Actor, at: datetime) -> str:
    """A reporter appeals because their report was not followed; whoever holds the receipt may.

    Raises NotFound, Invalid, TooLate, AppealedBefore, Conflict while it is open or when it was followed.
    """
    notice = Notice.objects.select_related("case").filter(public_id=receipt).first()
    if notice is None:
        raise NotFound(_("There is no such report."))
    decision = Decision.objects.select_related("submission").filter(case=notice.case).order_by("-pk").first()
    if decision is None or notice.case.state == "open":
        raise Conflict(_("Your report is still being looked at."))
    if decision.outcome == "reject":
        raise Conflict(_("Your report was followed, so there is nothing to appeal against."))
    return _file(decision, notice, actor, text, facts, at)


def _file(decision: Decision, notice: Notice | None, actor: Actor, text: str, facts: str, at: datetime) -> str:
    if at > appealing.last_moment(decision.at):
        last = formats.date_format(appealing.last_moment(decision.at), "DATE_FORMAT")
        raise TooLate(_("This could be appealed against until %(date)s. You can still go to court or to an "
                        "out-of-court settlement body.") % {"date": last})  # fmt: skip
    if len(text.strip()) < LEAST_TEXT:
        raise Invalid(_("Say in a sentence why the decision is wrong."), field="text")
    limits.check(f"appeal:{actor.id or (notice.public_id if notice else '')}", limit=20, per_seconds=86_400, at=at)
    same = Appeal.objects.filter(decision=decision)
    if same.filter(state="open").exists():
        raise AppealedBefore(_("Somebody is looking at this decision again already."))
    if same.filter(notice=notice).exists():
        raise AppealedBefore(_("This decision was looked at again by another person. What is left is a court or an "
                               "out-of-court settlement body."))  # fmt: skip
    if Decision.objects.filter(undoes=decision).exists():
        raise Conflict(_("This decision was undone already."))
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                decision=decision, notice=notice, member_id=notice.reporter_id if notice else actor.id,
                text=text.strip()[:8000], facts=facts.strip()[:8000], at=at, due_at=appealing.due(at),
            )  # fmt: skip
            record(
                kind=events.APPEALED, subject=Subject("appeal", appeal.public_id), actor=actor, at=at,
                data={"decision": decision.public_id, "notice": notice.public_id if notice else ""},
            )  # fmt: skip
    except IntegrityError as error:
        raise AppealedBefore(_("Somebody is looking at this decision again already.")) from error
    return appeal.public_id


def decide_appeal(*, appeal_id: str, answer: Answer, actor: Actor, at: datetime) -> str:
    """Decide an appeal; what an overturned decision took is restored in the same transaction.

    Returns the public id of the decision put in its place, empty when it stays. Raises Forbidden, SamePerson,
    NotFound, AlreadyDecided, Invalid, NotLatest.
    """
    appeal = _appeal(appeal_id, actor)
    former = appeal.decision
    if actor.id in {former.decided_by, former.second_by, appeal.member_id, former.submission.author_id}:
        raise SamePerson(_("Somebody who had nothing to do with the decision decides on the appeal."))
    wanted = _wanted(appeal, answer, at)
    with transaction.atomic():
        if not Appeal.objects.filter(pk=appeal.pk, state="open").update(state="decided"):
            raise deciding.AlreadyDecided(_("This appeal was decided in the meantime."))
        made = None
        if wanted is not None:
            undoing.lock(former)
            made = undoing.replace(former, wanted, actor=actor, at=at)
        Appeal.objects.filter(pk=appeal.pk).update(
            outcome=answer.outcome, answer=answer.text.strip()[:8000], decided_by=actor.id, decided_at=at,
            new_decision=made,
        )  # fmt: skip
        record(
            kind=events.APPEAL_DECIDED, subject=Subject("appeal", appeal.public_id), actor=actor, at=at,
            data={"decision": former.public_id, "outcome": answer.outcome,
                  "new_decision": made.public_id if made else "", "policy": former.policy},
        )  # fmt: skip
    return made.public_id if made else ""


def _appeal(appeal_id: str, actor: Actor) -> Appeal:
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff decide appeals."))
    if not actor.id:
        raise SamePerson(_("A person decides on an appeal, never a program."))
    appeal = visible_appeals(actor).filter(public_id=appeal_id).first()
    if appeal is None:
        raise NotFound(_("There is no such appeal."))
    if appeal.state != "open":
        raise deciding.AlreadyDecided(_("This appeal was decided in the meantime."))
    return appeal


def _wanted(appeal: Appeal, answer: Answer, at: datetime) -> decisions.Wanted | None:
    """The decision put in the place of the former; None when that stays. Raises Invalid."""
    former = appeal.decision
    errors = []
    if answer.outcome not in OUTCOMES:
        errors.append({"field": "outcome", "message": _("Choose how the appeal is decided.")})
    if len(answer.text.strip()) < LEAST_TEXT:
        errors.append({"field": "answer", "message": _("Give the answer in a sentence.")})
    if errors:
        raise Invalid(_("The decision is not complete."), errors=errors)
    if answer.outcome == "uphold":
        return None
    base = decisions.Wanted(
        former.submission, "allow", former.case, reason_text=answer.text, undoes=former, appeal_id=appeal.public_id
    )
    if answer.outcome == "overturn" and appeal.notice_id is None:
        return base
    return _replacement(appeal, answer, base, at)


def _replacement(appeal: Appeal, answer: Answer, base: decisions.Wanted, at: datetime) -> decisions.Wanted:
    """A decision with a policy and actions of its own: in part right, or a report that is followed after all."""
    former, refuses = appeal.decision, appeal.notice_id is not None
    policy, reason = answer.policy or former.policy, answer.reason_text or former.reason_text or answer.text
    is_content = refuses or bool({"remove", "restrict"} & set(answer.actions))
    outcome = "reject" if is_content else "allow"
    done = deciding.check(outcome, policy, reason, answer.actions, answer.days, former.submission.kind)
    restricts = statements.needed(done)
    if not refuses and (not restricts or set(done) >= set(former.actions or ["remove"])):
        raise Invalid(_("Choose what of the decision stays, but less than all."), field="actions")
    return replace(
        base, outcome=outcome, policy=policy if restricts else "", reason_text=reason, actions=done,
        until=deciding.until_of(done, answer.days, at),
    )  # fmt: skip
