"""What became of a version, and where in its text the reasons point."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.safety import rule_keeping
from fairboard.safety.gate import ReasonRow, reason_rows
from fairboard.safety.models import Decision, Submission
from fairboard.safety.queries.access import may_see
from fairboard.screening import policies


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the author is told of a version: verdict, reasons, their own text with what was meant marked."""

    verdict: str
    reasons: tuple[ReasonRow, ...]
    policies: tuple[str, ...]
    parts: Mapping[str, Sequence[Mapping[str, Any]]]
    decision: Decision | None


def verdict_for(*, kind: str, subject_id: str, revision: int, actor: Actor) -> Verdict | None:
    """What became of a version, for its author and the desk; None for everybody else."""
    found = Submission.objects.filter(kind=kind, subject_id=subject_id, revision=revision).first()
    if found is None:
        return None
    is_desk = may_see(kind=kind, subject_id=subject_id, actor=actor)
    if found.author_id != actor.id and not is_desk:
        return None
    decision = Decision.objects.filter(submission=found).order_by("-pk").first()
    is_refused = decision is not None and decision.outcome == "reject"
    if not is_refused and (found.author_id == actor.id or not is_desk):
        found.reasons = rule_keeping.told(found.verdict, found.reasons)
    known = policies()
    codes = dict.fromkeys(
        [decision.policy] if decision and decision.policy else [one["policy"] for one in found.reasons]
    )
    explanations = tuple(known[code].explanation for code in codes if code in known)
    verdict = decision.outcome if decision else found.verdict
    return Verdict(verdict, reason_rows(found.reasons), explanations, marked(found), decision)


def refusals_among(submission_ids: Collection[str]) -> dict[str, str]:
    """Which of the submissions are refused or restricted by what was decided last, with that decision's id."""
    if not submission_ids:
        return {}
    made = Decision.objects.filter(submission__public_id__in=submission_ids, carried_out_at__isnull=False)
    newest = {
        submission: (decision, outcome)
        for submission, decision, outcome in made.order_by("pk").values_list(
            "submission__public_id", "public_id", "outcome"
        )
    }
    return {submission: decision for submission, (decision, outcome) in newest.items() if outcome == "reject"}


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
