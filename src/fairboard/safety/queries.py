"""Reading for the desk and for authors."""

from collections.abc import Mapping, Sequence
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
from fairboard.safety.gate import ReasonRow, reason_rows
from fairboard.safety.models import Case, Decision, Notice, Submission
from fairboard.screening import policies

QUEUES = ("urgent", "screening", "notices")


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the author is told of a version: verdict, reasons, their own text with what was meant marked."""

    verdict: str
    reasons: tuple[ReasonRow, ...]
    policies: tuple[str, ...]
    parts: Mapping[str, Sequence[Mapping[str, Any]]]
    decision: Decision | None


def cases(*, actor: Actor, tree: Node | None, cursor: str = "", size: int = 30) -> Page[CaseRow]:
    """Cases of a filter, the most severe first, then the oldest; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    found = narrowed(Case.objects.select_related("submission"), tree, case_schema())
    if cursor:
        severity, pk = decode_cursor(cursor, [int, int])
        found = found.extra(
            where=["(safety_case.severity < %s OR (safety_case.severity = %s AND safety_case.id > %s))"],
            params=[severity, severity, pk],
        )
    rows = list(found.order_by("-severity", "id")[: size + 1])
    more = encode_cursor(rows[size - 1].severity, rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(case) for case in rows[:size]], next_cursor=more)


def open_counts() -> dict[str, int]:
    """How many open cases each queue holds."""
    return dict(Case.objects.filter(state="open").values_list("queue").annotate(n=Count("pk")))


def next_case_id(*, queue: str, after: str = "") -> str:
    """The case to look at next in a queue, empty when there is none."""
    found = Case.objects.filter(state="open", queue=queue).exclude(public_id=after).order_by("-severity", "id").first()
    return found.public_id if found else ""


def open_case_ids(*, queue: str) -> list[str]:
    """The open cases of a queue, the oldest first."""
    return list(Case.objects.filter(state="open", queue=queue).order_by("pk").values_list("public_id", flat=True)[:500])


def case_page(*, case_id: str, actor: Actor) -> dict[str, Any]:
    """Everything one looks at to decide a case; raises Forbidden, NotFound."""
    if not actor.can("desk.view"):
        raise Forbidden
    case = Case.objects.select_related("submission").filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    submission = case.submission
    earlier = Submission.objects.filter(author_id=submission.author_id).exclude(pk=submission.pk).order_by("-pk")[:10]
    return {
        "case": _row(case),
        "submission": submission,
        "parts": marked(submission),
        "reasons": reason_rows(submission.reasons),
        "described": registry.describe(case.kind, case.subject_id),
        "notices": list(Notice.objects.filter(case=case).order_by("pk")),
        "decisions": list(Decision.objects.filter(submission__subject_id=case.subject_id).order_by("-pk")),
        "earlier": list(earlier),
        "policies": list(policies().values()),
        "is_own": submission.author_id == actor.id,
    }


def verdict_for(*, kind: str, subject_id: str, revision: int, actor: Actor) -> Verdict | None:
    """What became of a version, for its author and the desk; None for everybody else."""
    found = Submission.objects.filter(kind=kind, subject_id=subject_id, revision=revision).first()
    if found is None or (found.author_id != actor.id and not actor.can("desk.view")):
        return None
    decision = Decision.objects.filter(submission=found).order_by("-pk").first()
    known = policies()
    codes = dict.fromkeys(
        [decision.policy] if decision and decision.policy else [one["policy"] for one in found.reasons]
    )
    explanations = tuple(known[code].explanation for code in codes if code in known)
    verdict = decision.outcome if decision else found.verdict
    return Verdict(verdict, reason_rows(found.reasons), explanations, marked(found), decision)


def marked(submission: Submission) -> dict[str, list[dict[str, Any]]]:
    """Each field cut into parts, those a reason points at marked with its message."""
    cut: dict[str, list[dict[str, Any]]] = {}
    for name, text in submission.fields.items():
        spans = sorted(
            (span["start"], span["end"], reason["message"])
            for reason in submission.reasons
            for span in reason["spans"]
            if span["field"] == name
        )
        parts: list[dict[str, Any]] = []
        last = 0
        for start, end, message in spans:
            if start < last:
                continue
            parts += [{"text": text[last:start], "mark": False, "title": ""}] if start > last else []
            parts.append({"text": text[start:end], "mark": True, "title": message})
            last = end
        if last < len(text):
            parts.append({"text": text[last:], "mark": False, "title": ""})
        cut[name] = parts
    return cut


def notice_state(receipt: str) -> dict[str, Any] | None:
    """Where a notice stands, for whoever holds its receipt."""
    notice = Notice.objects.select_related("case").filter(public_id=receipt).first()
    if notice is None:
        return None
    decision = Decision.objects.filter(case=notice.case).order_by("-pk").first()
    return {
        "id": notice.public_id,
        "state": notice.case.state,
        "at": notice.at,
        "outcome": decision.outcome if decision else "",
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
    )  # fmt: skip
