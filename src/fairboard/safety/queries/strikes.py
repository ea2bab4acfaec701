"""How often a member was refused, and which step that suggests (DSA article 23: warn first, then suspend for a time).

A refusal by a person counts each time, automatic refusals of one ad or message once, and a refused text that resembles
an earlier refused one of the same member twice. Undone refusals do not count. Refusals for resembling something count
under the policy that was refused first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fairboard.kit.actors import Actor
from fairboard.safety.models import Case, Decision, MemberWarning, Resemblance
from fairboard.safety.queries.access import may_see
from fairboard.safety.queries.standing import standing_of
from fairboard.screening import policies

PERIOD = timedelta(days=365)
LAUNDERING_WEIGHT = 2
WARN_AT = 3
"""The strike at which a member is warned; none is suspended under article 23 before."""
STEPS = ((4, "suspend", 7), (5, "suspend", 14), (6, "suspend", 30), (7, "close", 0))
"""From which strike on which action is suggested after a warning, and for how many days."""
GRAVE = frozenset({"child-safety", "exploitation", "sexual-services"})
"""Policies under which the first refusal puts the account on hold and the second closes it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the record of a member suggests if this is refused under a policy; ``strikes`` counts this one.

    ``action`` is empty, warn, suspend, hold_account or close; ``days`` how long a suspension lasts.
    """

    policy: str
    policy_name: str
    strikes: int
    action: str
    days: int
    warned_at: datetime | None
    standing: str


@dataclass(frozen=True, slots=True)
class ResemblanceRow:
    """A refused submission that one resembles; ``title`` is empty for who may not see it."""

    submission_id: str
    kind: str
    subject_id: str
    title: str
    by: str
    percent: int
    policy: str
    same_author: bool
    refused_at: datetime | None


def strikes(*, member_id: str, at: datetime) -> dict[str, int]:
    """The strikes of a member by policy in the 365 days before a moment."""
    found = list(
        Decision.objects.filter(
            outcome="reject", submission__author_id=member_id, at__gt=at - PERIOD, at__lte=at, undone_by=None
        ).order_by("pk").values("policy", "submission_id", "submission__subject_id", "is_automatic")
    ) if member_id else []  # fmt: skip
    tied = _laundered(member_id, [one["submission_id"] for one in found])
    counted: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for one in found:
        first = tied.get(one["submission_id"])
        policy = first if one["policy"] == "resubmission" and first else one["policy"]
        subject = (one["submission__subject_id"], policy)
        weight = LAUNDERING_WEIGHT if one["submission_id"] in tied else 1
        if one["is_automatic"] and weight == 1 and subject in seen:
            continue
        seen.add(subject)
        counted[policy] = counted.get(policy, 0) + weight
    return counted


def _laundered(member_id: str, submission_ids: list[int]) -> dict[int, str]:
    """Submissions that resemble an earlier refused one of the same member, with the policy that was refused."""
    if not submission_ids:
        return {}
    pairs = Resemblance.objects.filter(submission_id__in=submission_ids, refused__author_id=member_id)
    tied = dict(pairs.values_list("submission_id", "refused_id"))
    known = Decision.objects.filter(submission_id__in=tied.values(), outcome="reject").order_by("pk")
    policy_of = dict(known.values_list("submission_id", "policy"))
    return {one: policy_of.get(first, "") for one, first in tied.items()}


def warned_at(*, member_id: str, policy: str, at: datetime) -> datetime | None:
    """When a member was last warned under a policy within the period."""
    found = MemberWarning.objects.filter(member_id=member_id, policy=policy, at__gt=at - PERIOD, at__lte=at)
    return found.order_by("-at").values_list("at", flat=True).first()


def suggestion(*, member_id: str, policy: str, at: datetime) -> Suggestion:
    """What the record of a member suggests if one more is refused under a policy."""
    number = strikes(member_id=member_id, at=at).get(policy, 0) + 1
    warned = warned_at(member_id=member_id, policy=policy, at=at)
    action, days = _step(policy, number, warned is not None)
    known = policies().get(policy)
    return Suggestion(policy, known.name if known else policy, number, action, days, warned, standing_of(member_id))


def _step(policy: str, number: int, is_warned: bool) -> tuple[str, int]:
    if policy in GRAVE:
        return ("hold_account", 0) if number == 1 else ("close", 0)
    if number < WARN_AT:
        return "", 0
    if number == WARN_AT or not is_warned:
        return "warn", 0
    reached = [(action, days) for least, action, days in STEPS if number >= least]
    return reached[-1] if reached else ("warn", 0)


def suggestion_for(*, case: Case, actor: Actor, at: datetime) -> Suggestion | None:
    """The suggestion for a case on the desk, by the policy it was opened under; None for who may not see it."""
    if not case.policy or not may_see(kind=case.kind, subject_id=case.subject_id, actor=actor):
        return None
    return suggestion(member_id=case.submission.author_id, policy=case.policy, at=at)


def resemblances(*, submission_id: int, actor: Actor) -> list[ResemblanceRow]:
    """The refused submissions one resembles, the closest first; texts only for who may see them."""
    found = Resemblance.objects.filter(submission_id=submission_id).select_related("submission", "refused")
    rows = []
    for one in found.order_by("-similarity", "pk")[:10]:
        refused = one.refused
        decision = Decision.objects.filter(submission=refused, outcome="reject").order_by("-pk").first()
        seen = may_see(kind=refused.kind, subject_id=refused.subject_id, actor=actor)
        title = str(refused.fields.get("title") or refused.fields.get("body", ""))[:100] if seen else ""
        rows.append(
            ResemblanceRow(
                refused.public_id if seen else "", refused.kind, refused.subject_id if seen else "", title, one.by,
                round(one.similarity * 100), decision.policy if decision and seen else "",
                refused.author_id == one.submission.author_id, decision.at if decision else None,
            )
        )  # fmt: skip
    return rows
