"""The gate: whatever a person publishes passes here, in the transaction that publishes it.

It fails closed: when the screening itself breaks, the submission is held and kept, never shown.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.ledger.services import Entry, Subject, record_many
from fairboard.safety import events, parts, priority, refused, rule_keeping, ruleset
from fairboard.safety.models import Case, Decision, Submission
from fairboard.safety.parts import Judged, Request
from fairboard.safety.statement_facts import statement_of
from fairboard.screening import Document, Prepared, Reason, Result, Stores, Verdict, prepare, screen

log = logging.getLogger("fairboard.safety")
NOT_CHECKED = Reason("not-checked", "", "This could not be checked automatically, so a person looks at it first.")

CHILD_POLICIES = frozenset({"child-safety"})
"""Policies whose cases only those with the child-safety permission see."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Why the gate answered as it did; spans are ``{"field", "start", "end"}`` in the original text."""

    rule: str
    policy: str
    message: str
    spans: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Review:
    """The gate's answer."""

    submission_id: str
    verdict: str
    reasons: tuple[ReasonRow, ...]
    case_id: str | None


def review(
    *, kind: str, subject_id: str, revision: int, author: Actor, fields: Mapping[str, str], category: str = "",
    place: str = "", country: str = "", photos: Sequence[str] = (), attributes: Mapping[str, Any] | None = None,
    at: datetime,
) -> Review:  # fmt: skip
    """Judge one submission and keep it with its verdict; a case is opened where a person must look."""
    asked = Request(kind, subject_id, revision, fields, category, place, country, photos, attributes, author)
    return review_many(requests=[asked], at=at)[0]


def prepared(*, fields: Mapping[str, str], country: str) -> Prepared | None:
    """The texts of a request made plain, for `Request.prepared`: what can be done before others have to wait."""
    return _prepared(Request("", "", 0, fields, country=country)).prepared


def review_many(*, requests: Sequence[Request], at: datetime) -> list[Review]:
    """Judge many submissions in the running transaction, in order; each is compared with those before it."""
    requests = [_prepared(asked) for asked in requests]
    stores = refused.batch_stores(requests)
    known, whole = parts.look(requests, at)
    rules, rules_known = rule_keeping.rules(at)
    whole = whole and rules_known
    judged = []
    for asked, context in zip(requests, known, strict=True):
        result = rule_keeping.put_off(_screened(asked, stores.of(asked), context, rules, at), rules)
        if not whole:
            result = _unchecked(result)
        if result.verdict is Verdict.REJECT:
            stores.remember(result, asked)
        judged.append(Judged(asked, result, _submission(asked, result, at)))
    submissions = [one.submission for one in judged]
    bulk.insert(submissions)
    parts.keep(judged, at)
    rule_keeping.keep(judged, rules, at)
    refusals = [_refuse(one, at) for one in submissions if one.verdict == "reject"]
    cases = {
        one.pk: _hand_over(one, at, rule_keeping.severity(one.reasons, rules))
        for one in submissions
        if one.verdict not in {"allow", "reject"}
    }
    entries = [
        Entry(
            events.JUDGED, Subject(one.kind, one.subject_id),
            {"submission": one.public_id, "revision": one.revision, "verdict": one.verdict,
             "rules": [reason["rule"] for reason in one.reasons]},
        )
        for one in submissions
    ]  # fmt: skip
    entries += [
        Entry(
            events.DECIDED, Subject(one.submission.kind, one.submission.subject_id),
            {"decision": one.public_id, "case": "", "outcome": one.outcome, "policy": one.policy,
             "actions": one.actions},
        )
        for one in refusals
    ]  # fmt: skip
    record_many(entries=entries, actor=Actor.system("gate"), at=at)
    return [
        Review(one.public_id, one.verdict, reason_rows(rule_keeping.told(one.verdict, one.reasons)), cases.get(one.pk))
        for one in submissions
    ]


def reason_rows(kept: Sequence[Mapping[str, Any]]) -> tuple[ReasonRow, ...]:
    """The reasons a submission keeps, typed."""
    return tuple(ReasonRow(one["rule"], one["policy"], one["message"], tuple(one["spans"])) for one in kept)


def _prepared(asked: Request) -> Request:
    """The request with its texts made plain, for the parts of the gate as well; as it was when that breaks."""
    if asked.prepared is not None:
        return asked
    try:
        return replace(asked, prepared=prepare(_document(asked, {})))
    except Exception:
        log.exception("%s %s cannot be made plain", asked.kind, asked.subject_id)
        return asked


def _document(asked: Request, context: parts.Context, year: int = 0) -> Document:
    return Document(
        asked.subject_id,
        asked.fields,
        asked.category,
        asked.place,
        asked.country or "US",
        asked.photos,
        asked.kind,
        context,
        year,
    )


def _screened(asked: Request, stores: Stores, context: parts.Context, rules: ruleset.Ruleset, at: datetime) -> Result:
    try:
        return screen(_document(asked, context, at.year), rules.packs, stores, rules.shadow, asked.prepared)
    except Exception:
        log.exception("screening failed for %s %s: held", asked.kind, asked.subject_id)
        return Result(Verdict.HOLD, (NOT_CHECKED,), (), (), (), {}, (), ())


def _unchecked(result: Result) -> Result:
    """A result that may lack something a part of the gate did not say in time: held at least."""
    verdict = Verdict.HOLD if result.verdict is Verdict.ALLOW else result.verdict
    return replace(result, verdict=verdict, reasons=(*result.reasons, NOT_CHECKED))


def _submission(asked: Request, result: Result, at: datetime) -> Submission:
    return Submission(
        public_id=new_id(), kind=asked.kind, subject_id=asked.subject_id, revision=asked.revision,
        author_id=asked.author.id if asked.author else "", fields=dict(asked.fields),
        category=asked.category, place=asked.place,
        country=asked.country, photos=list(asked.photos), attributes=dict(asked.attributes or {}),
        photo_hashes=[list(one) for one in asked.photo_hashes], features=result.features,
        indicators=[one.to_json() for one in result.indicators],
        verdict=str(result.verdict), reasons=[reason.to_json() for reason in result.reasons],
        contacts=[{"kind": one.kind, "value": one.value, "raw": one.raw} for one in result.contacts],
        signature=list(result.signature), packs=list(result.packs), submitted_at=at,
    )  # fmt: skip


def _refuse(submission: Submission, at: datetime) -> Decision:
    """Keep an automatic refusal with its statement of reasons; its author is told of it like of any decision."""
    refused.remember(submission)
    decision = Decision(
        submission=submission, outcome="reject", policy=_policy(submission), is_automatic=True, at=at,
        actions=["remove"],
        reason_text=" ".join(dict.fromkeys(reason["message"] for reason in submission.reasons)),
        carried_out_at=at,
    )  # fmt: skip
    decision.statement = statement_of(decision)
    decision.save()
    return decision


def _hand_over(submission: Submission, at: datetime, severity: int) -> str:
    """Open a case for what a person must look at; returns its id."""
    urgent = submission.verdict == "escalate"
    return open_case(
        submission=submission,
        queue="urgent" if urgent else "screening",
        severity=5 if urgent else severity,
        policy=_policy(submission),
        at=at,
    ).public_id


def _policy(submission: Submission) -> str:
    """The policy a submission is judged under: that on children where a reason names it, else the first."""
    named = [reason["policy"] for reason in submission.reasons]
    return next((one for one in named if one in CHILD_POLICIES), named[0] if named else "")


def open_case(*, submission: Submission, queue: str, severity: int, policy: str, at: datetime) -> Case:
    """Open a case about a subject, or bring the open one up to date with the newest submission."""
    is_child = policy in CHILD_POLICIES
    case = Case.objects.filter(kind=submission.kind, subject_id=submission.subject_id, state="open").first()
    if case is None:
        return Case.objects.create(
            kind=submission.kind, subject_id=submission.subject_id, submission=submission,
            queue="child" if is_child else queue, severity=severity, policy=policy, opened_at=at,
            due_at=at + priority.DUE[severity], is_child=is_child,
            rank=priority.rank(severity=severity, reach=1, opened_at=at),
        )  # fmt: skip
    case.submission = submission
    case.severity = max(case.severity, severity)
    case.is_child = case.is_child or is_child
    if case.is_child:
        case.queue = "child"
    elif case.severity == 5:
        case.queue = "urgent"
    elif queue == "notices":  # somebody saw it: that goes before what only the gate held
        case.queue = queue
    case.reach += 1
    case.due_at = min(case.due_at, at + priority.DUE[severity])
    case.policy = case.policy if case.is_child and case.policy and not is_child else policy or case.policy
    case.rank = priority.rank(severity=case.severity, reach=case.reach, opened_at=case.opened_at)
    case.save()
    return case
