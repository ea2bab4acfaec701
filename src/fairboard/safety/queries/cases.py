"""The queues, and one case with all that is needed to decide it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.people.queries import member_by_id
from fairboard.safety import registry
from fairboard.safety.gate import reason_rows
from fairboard.safety.models import Case, Decision, Notice, Proposal, Submission
from fairboard.safety.queries.access import visible_cases, visible_submissions
from fairboard.safety.queries.standing import standing_of
from fairboard.safety.queries.verdicts import marked
from fairboard.safety.queries.wellness import HARD_SEVERITY
from fairboard.safety.refused import STORES
from fairboard.screening import policies
from fairboard.screening.fingerprint import bands

CLAIM = timedelta(minutes=20)
"""How long a case stays with whoever took it."""
QUEUES = ("child", "urgent", "screening", "notices")


@lru_cache(maxsize=1)
def case_schema() -> Schema:
    """What a queue can be filtered by."""
    named = tuple(Choice(code, policy.name) for code, policy in policies().items())
    kinds = (Choice("ad", "Ad"), Choice("message", "Message"))
    queues = (
        Choice("child", "Safety of children"), Choice("urgent", "Urgent"), Choice("screening", "Held by the gate"),
        Choice("notices", "Reported"),
    )  # fmt: skip
    specs = (
        FieldSpec("queue", "Queue", "choice", choices=queues),
        FieldSpec("state", "State", "choice", choices=(Choice("open", "open"), Choice("decided", "decided"))),
        FieldSpec("kind", "Kind", "choice", choices=kinds),
        FieldSpec("policy", "Policy", "choice", choices=named),
        FieldSpec("severity", "Severity", "number"),
    )
    return Schema({spec.key: Column(spec, f"safety_case.{spec.key}") for spec in specs})


ALIKE = 0.4
"""From which similarity an earlier refused submission is shown beside a case."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who looks at a case now."""

    name: str
    is_own: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """What the first of two people would decide."""

    outcome: str
    policy: str
    reason_text: str
    note: str
    name: str
    is_own: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """An earlier submission on the like, similarity 0 to 1, and what became of it."""

    kind: str
    subject_id: str
    title: str
    similarity: float
    outcome: str
    policy: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a queue."""

    id: str
    kind: str
    subject_id: str
    queue: str
    severity: int
    policy: str
    policy_name: str
    state: str
    title: str
    excerpt: str
    verdict: str
    category: str
    category_name: str
    place: str
    place_name: str
    opened_at: datetime
    due_at: datetime
    claimed_by: str
    claimed_at: datetime | None
    reach: int
    is_child: bool
    needs_second: bool


def cases(*, actor: Actor, tree: Node | None, cursor: str = "", size: int = 30) -> Page[CaseRow]:
    """Cases of a filter in their order of priority; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    found = narrowed(visible_cases(actor).select_related("submission"), tree, case_schema())
    if cursor:
        rank, pk = decode_cursor(cursor, [int, int])
        found = found.extra(
            where=["(safety_case.rank > %s OR (safety_case.rank = %s AND safety_case.id > %s))"],
            params=[rank, rank, pk],
        )
    rows = list(found.order_by("rank", "id")[: size + 1])
    more = encode_cursor(rows[size - 1].rank, rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(case) for case in rows[:size]], next_cursor=more)


def open_counts(actor: Actor) -> dict[str, int]:
    """How many open cases each queue holds that the actor may know of."""
    return dict(visible_cases(actor).filter(state="open").values_list("queue").annotate(n=Count("pk")))


def open_case_ids(*, queue: str) -> list[str]:
    """The open cases of a queue, the oldest first."""
    return list(Case.objects.filter(state="open", queue=queue).order_by("pk").values_list("public_id", flat=True)[:500])


def case_page(*, case_id: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """Everything one looks at to decide a case; raises Forbidden, NotFound."""
    if not actor.can("desk.view"):
        raise Forbidden
    case = visible_cases(actor).select_related("submission").filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    submission = case.submission
    earlier = visible_submissions(actor).filter(author_id=submission.author_id).exclude(pk=submission.pk)
    return {
        "case": _row(case),
        "row": case,
        "submission": submission,
        "parts": marked(submission),
        "reasons": reason_rows(submission.reasons),
        "described": registry.describe(case.kind, case.subject_id),
        "notices": list(Notice.objects.filter(case=case).order_by("pk")),
        "decisions": list(Decision.objects.filter(submission__subject_id=case.subject_id).order_by("-pk")),
        "earlier": list(earlier.order_by("-pk")[:10]),
        "policies": list(policies().values()),
        "is_own": submission.author_id == actor.id,
        "claim": _claim(case, actor, at),
        "proposal": _proposal(case, actor),
        "alike": _alike(submission, actor),
        "standing": standing_of(submission.author_id),
        "author": member_by_id(submission.author_id, actor=actor),
        "is_late": case.state == "open" and case.due_at < at,
        "is_hard": case.is_child or case.severity >= HARD_SEVERITY,
    }


def _claim(case: Case, actor: Actor, at: datetime) -> Claim | None:
    if not case.claimed_by or case.claimed_at is None or case.claimed_at < at - CLAIM:
        return None
    return Claim(_name_of(case.claimed_by), case.claimed_by == actor.id, case.claimed_at)


def _proposal(case: Case, actor: Actor) -> ProposalRow | None:
    found = Proposal.objects.filter(case=case, state="pending").first()
    if found is None:
        return None
    return ProposalRow(
        found.outcome, found.policy, found.reason_text, found.note, _name_of(found.proposed_by),
        found.proposed_by == actor.id, found.at,
    )  # fmt: skip


def _alike(submission: Submission, actor: Actor) -> list[AlikeRow]:
    """Refused submissions that resemble this one, the most similar first, with what was decided of them."""
    near = {
        one.submission_id: one.similarity
        for one in STORES.refused.similar(bands(submission.signature), submission.signature)
        if one.submission_id != submission.public_id and one.similarity >= ALIKE
    }
    found = visible_submissions(actor).filter(public_id__in=near).prefetch_related("decisions")
    rows = []
    for one in found:
        decisions = sorted(one.decisions.all(), key=lambda row: row.pk)
        last = decisions[-1] if decisions else None
        rows.append(AlikeRow(
            one.kind, one.subject_id, str(one.fields.get("title") or one.fields.get("body", ""))[:100],
            near[one.public_id], last.outcome if last else one.verdict, last.policy if last else "", one.submitted_at,
        ))  # fmt: skip
    return sorted(rows, key=lambda row: -row.similarity)[:5]


def _name_of(member_id: str) -> str:
    found = member_by_id(member_id, actor=Actor.system("desk"))
    return found.display_name if found else ""


def _row(case: Case) -> CaseRow:
    submission = case.submission
    title = str(submission.fields.get("title") or submission.fields.get("body") or "")
    body = str(submission.fields.get("body") or "")
    policy = policies().get(case.policy)
    category_name, place_name = registry.names(submission.category, submission.place)
    return CaseRow(
        case.public_id, case.kind, case.subject_id, case.queue, case.severity, case.policy,
        policy.name if policy else "", case.state, title[:100], body[:180], submission.verdict,
        submission.category, category_name, submission.place, place_name, case.opened_at, case.due_at, case.claimed_by,
        case.claimed_at, case.reach, case.is_child, case.needs_second,
    )  # fmt: skip
