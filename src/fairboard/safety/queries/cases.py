"""The queues, and one case with all that is needed to decide it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety import registry
from fairboard.safety.gate import reason_rows
from fairboard.safety.models import Case, Decision, Notice
from fairboard.safety.queries.access import visible_cases, visible_submissions
from fairboard.safety.queries.verdicts import marked
from fairboard.screening import policies

QUEUES = ("child", "urgent", "screening", "notices")


def _keys(*keys: str) -> tuple[Choice, ...]:
    return tuple(Choice(key, key) for key in keys)


@lru_cache(maxsize=1)
def case_schema() -> Schema:
    """What a queue can be filtered by."""
    named = tuple(Choice(code, policy.name) for code, policy in policies().items())
    kinds = (Choice("ad", "Ad"), Choice("message", "Message"))
    specs = (
        FieldSpec("queue", "Queue", "choice", choices=_keys(*QUEUES)),
        FieldSpec("state", "State", "choice", choices=_keys("open", "decided")),
        FieldSpec("kind", "Kind", "choice", choices=kinds),
        FieldSpec("policy", "Policy", "choice", choices=named),
        FieldSpec("severity", "Severity", "number"),
    )
    return Schema({spec.key: Column(spec, f"safety_case.{spec.key}") for spec in specs})


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


def next_case_id(*, queue: str, actor: Actor, after: str = "") -> str:
    """The case to look at next in a queue, empty when there is none."""
    waiting = visible_cases(actor).filter(state="open", queue=queue).exclude(public_id=after)
    found = waiting.order_by("rank", "id").first()
    return found.public_id if found else ""


def open_case_ids(*, queue: str) -> list[str]:
    """The open cases of a queue, the oldest first."""
    return list(Case.objects.filter(state="open", queue=queue).order_by("pk").values_list("public_id", flat=True)[:500])


def case_page(*, case_id: str, actor: Actor) -> dict[str, Any]:
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
        "submission": submission,
        "parts": marked(submission),
        "reasons": reason_rows(submission.reasons),
        "described": registry.describe(case.kind, case.subject_id),
        "notices": list(Notice.objects.filter(case=case).order_by("pk")),
        "decisions": list(Decision.objects.filter(submission__subject_id=case.subject_id).order_by("-pk")),
        "earlier": list(earlier.order_by("-pk")[:10]),
        "policies": list(policies().values()),
        "is_own": submission.author_id == actor.id,
    }


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
