"""Appeals: the queue, one of them, one's own, and how often decisions were overturned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.lists import narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.safety.models import Appeal, Case, Decision, Submission
from fairboard.safety.queries.verdicts import marked
from fairboard.screening import policies

OUTCOMES = {
    "": _("Being looked at"),
    "uphold": _("The decision stays"),
    "overturn": _("The decision was overturned"),
    "partly": _("Partly overturned"),
}


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal in a list. ``by`` is author or reporter; ``is_mine_to_decide`` that its reader may decide it."""

    id: str
    decision_id: str
    by: str
    state: str
    outcome: str
    policy: str
    policy_name: str
    subject_kind: str
    title: str
    text: str
    facts: str
    answer: str
    at: datetime
    due_at: datetime
    decided_at: datetime | None
    is_mine_to_decide: bool

    @property
    def outcome_name(self) -> str:
        """The outcome in the reader's language."""
        return str(OUTCOMES[self.outcome])


@dataclass(frozen=True, slots=True)
class AppealPage:
    """An appeal with what it is about, for whoever decides it."""

    row: AppealRow
    submission: Submission
    parts: Mapping[str, object]
    decision: Decision
    case_id: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverturnRow:
    """How many decisions were appealed and how many of those overturned, wholly or partly; ``rate`` 0 to 1."""

    key: str
    decided: int
    appealed: int
    overturned: int

    @property
    def rate(self) -> float:
        """Overturned of all appeals decided."""
        return self.overturned / self.appealed if self.appealed else 0.0


@lru_cache(maxsize=1)
def appeal_schema() -> Schema:
    """What the queue of appeals can be filtered by."""
    states = (Choice("open", "open"), Choice("decided", "decided"))
    with override("en"):  # kept for every reader; pages translate the labels
        outcomes = tuple(Choice(key, str(label)) for key, label in OUTCOMES.items() if key)
    named = tuple(Choice(code, policy.name) for code, policy in policies().items())
    return Schema(
        {
            "state": Column(FieldSpec("state", "State", "choice", choices=states), "safety_appeal.state"),
            "outcome": Column(FieldSpec("outcome", "Outcome", "choice", choices=outcomes), "safety_appeal.outcome"),
            "policy": Column(FieldSpec("policy", "Policy", "choice", choices=named), "safety_decision.policy"),
        }
    )


def visible_appeals(actor: Actor) -> "QuerySet[Appeal]":
    """The appeals somebody of the desk may know of."""
    if not actor.can("desk.view"):
        return Appeal.objects.none()
    found = Appeal.objects.select_related("decision__submission", "decision__case", "notice")
    if actor.can("desk.child"):
        return found
    child = Case.objects.filter(is_child=True).values("subject_id")
    return found.exclude(decision__submission__subject_id__in=child)


def appeals(*, actor: Actor, tree: Node | None, cursor: str = "", size: int = 30) -> Page[AppealRow]:
    """Appeals of a filter, the one due first at the top; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    found = narrowed(visible_appeals(actor), tree, appeal_schema())
    if cursor:
        due, pk = decode_cursor(cursor, [str, int])
        moment = _moment(str(due))
        found = found.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))
    rows = list(found.order_by("due_at", "pk")[: size + 1])
    more = encode_cursor(rows[size - 1].due_at.isoformat(), rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one, actor) for one in rows[:size]], next_cursor=more)


def _moment(text: str) -> datetime:
    try:
        return clock.aware(datetime.fromisoformat(text))
    except ValueError as error:
        raise Invalid(
            gettext("This page address is not complete. Start from the first page."), field="cursor"
        ) from error


def own_appeals(*, actor: Actor, size: int = 100) -> list[AppealRow]:
    """A member's own appeals, newest first."""
    if not actor.id:
        return []
    found = Appeal.objects.select_related("decision__submission", "notice").filter(member_id=actor.id)
    return [_row(one, actor) for one in found.order_by("-pk")[:size]]


def appeal_row(*, appeal_id: str, actor: Actor) -> AppealRow:
    """One appeal, for who filed it and for the desk; raises NotFound."""
    found = Appeal.objects.select_related("decision__submission", "notice").filter(public_id=appeal_id).first()
    if found is not None and actor.id and found.member_id == actor.id:
        return _row(found, actor)
    return appeal_page(appeal_id=appeal_id, actor=actor).row


def appeal_page(*, appeal_id: str, actor: Actor) -> AppealPage:
    """One appeal with what it is about, for the desk; raises NotFound (also for one they may not know of)."""
    found = visible_appeals(actor).filter(public_id=appeal_id).first()
    if found is None:
        raise NotFound
    decision = found.decision
    return AppealPage(
        _row(found, actor), decision.submission, marked(decision.submission), decision,
        decision.case.public_id if decision.case else "", tuple(decision.actions),
    )  # fmt: skip


def open_appeals(actor: Actor) -> int:
    """How many appeals wait that the actor may know of."""
    return visible_appeals(actor).filter(state="open").count()


def overturn_rates(*, actor: Actor, since: datetime, until: datetime, by: str = "policy") -> list[OverturnRow]:
    """Decisions, appeals decided and overturned in a time, by ``policy`` or by the first ``rule`` that held it.

    Raises Forbidden. Child-safety decisions count only for those who may know of them.
    """
    if not actor.can("metrics.view"):
        raise Forbidden
    made = Decision.objects.filter(at__gte=since, at__lt=until, undoes=None).select_related("submission")
    if not actor.can("desk.child"):
        made = made.exclude(submission__subject_id__in=Case.objects.filter(is_child=True).values("subject_id"))
    judged = Appeal.objects.filter(decision__in=made, state="decided").order_by("pk")
    outcome_of = dict(judged.values_list("decision_id", "outcome"))
    counted: dict[str, list[int]] = {}
    for decision in made.iterator(chunk_size=1000):
        for key in _keys(decision, by):
            row = counted.setdefault(key, [0, 0, 0])
            row[0] += 1
            row[1] += decision.pk in outcome_of
            row[2] += outcome_of.get(decision.pk) in {"overturn", "partly"}
    return [OverturnRow(key, *row) for key, row in sorted(counted.items())]


def _keys(decision: Decision, by: str) -> list[str]:
    if by == "policy":
        return [decision.policy] if decision.policy else []
    return list(dict.fromkeys(reason["rule"] for reason in decision.submission.reasons))


def _row(appeal: Appeal, actor: Actor) -> AppealRow:
    decision = appeal.decision
    submission = decision.submission
    policy = policies().get(decision.policy)
    own = {decision.decided_by, decision.second_by, appeal.member_id, submission.author_id}
    title = str(submission.fields.get("title") or submission.fields.get("body", ""))[:100]
    by = "reporter" if appeal.notice_id else "author"
    if by == "reporter" and not actor.can("desk.view"):
        title = ""  # a reporter knows what they reported; what it says now is not theirs to read here
    return AppealRow(
        appeal.public_id, decision.public_id, by, appeal.state, appeal.outcome, decision.policy,
        policy.name if policy else decision.policy, submission.kind, title, appeal.text, appeal.facts, appeal.answer,
        appeal.at, appeal.due_at, appeal.decided_at,
        appeal.state == "open" and actor.can("desk.decide") and actor.id not in own,
    )  # fmt: skip
