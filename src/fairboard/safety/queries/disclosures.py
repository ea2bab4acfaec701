"""What an order's scope covers, as files: exactly that, and nobody else's data."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from fairboard.ledger.queries import EventRow, events_between
from fairboard.people.queries import account_data
from fairboard.safety import registry
from fairboard.safety.models import Decision, Notice, Order, Standing, Submission
from fairboard.safety.queries.traders import given_by

DISCLOSED_EVENTS = (
    "market.ad.submitted", "market.ad.published", "market.ad.hidden", "market.ad.withdrawn", "market.ad.sold",
    "market.ad.renewed", "market.ad.expired", "talk.message.sent", "talk.message.stopped", "talk.message.hidden",
    "people.member.joined", "people.member.language_changed", "safety.submission.judged", "safety.notice.filed",
    "safety.decision.made", "safety.standing.changed",
)  # fmt: skip
"""A list of what may leave, not of what may not: holds, orders, reports and the desk's own steps stay."""


def files_of(order: Order) -> dict[str, bytes]:
    """Every file of the package by its path; the order itself is ``order.json``."""
    files = {"order.json": _json(_order(order))}
    for subject in order.subjects.order_by("pk"):
        folder = f"{subject.kind}-{subject.subject_id}"
        if subject.kind == "member":
            files[f"{folder}/account.json"] = _json(_account(subject.subject_id))
            covered = Q(author_id=subject.subject_id)
        else:
            covered = Q(kind=subject.kind, subject_id=subject.subject_id)
        submissions = list(_within(Submission.objects.filter(covered), "submitted_at", order).order_by("pk"))
        files |= _published(folder, submissions, order)
        files[f"{folder}/events.json"] = _json(_events(subject.kind, subject.subject_id, submissions, order))
    return files


def _published(folder: str, submissions: list[Submission], order: Order) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for one in submissions:
        here = f"{folder}/{one.kind}-{one.subject_id}/version-{one.revision}"
        files[f"{here}/submission.json"] = _json(_submission(one))
        decisions = _within(Decision.objects.filter(submission=one), "at", order).order_by("pk")
        for decision in decisions:
            files[f"{here}/decision-{decision.public_id}.json"] = _json(_decision(decision))
        for name, content in registry.photos(one.kind, one.subject_id, one.revision):
            files[f"{here}/photos/{name}"] = content
    for kind, subject_id in dict.fromkeys((one.kind, one.subject_id) for one in submissions):
        notices = Notice.objects.filter(case__kind=kind, case__subject_id=subject_id)
        kept = [{"kind": one.kind, "text": one.text, "at": one.at} for one in _within(notices, "at", order)]
        if kept:
            files[f"{folder}/{kind}-{subject_id}/notices.json"] = _json(kept)
    return files


def _within(found: Any, column: str, order: Order) -> Any:
    bounds: dict[str, datetime] = {}
    if order.scope_from:
        bounds[f"{column}__gte"] = order.scope_from
    if order.scope_until:
        bounds[f"{column}__lt"] = order.scope_until
    return found.filter(**bounds)


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.public_id, "kind": order.kind, "authority": order.authority, "country": order.country,
        "legal_basis": order.legal_basis, "reference": order.reference, "received_at": order.received_at,
        "scope": {"from": order.scope_from, "until": order.scope_until,
                  "subjects": [[one.kind, one.subject_id] for one in order.subjects.order_by("pk")]},
    }  # fmt: skip


def _account(member_id: str) -> dict[str, Any]:
    standing = Standing.objects.filter(member_id=member_id).first()
    trader = given_by(member_id)
    return {
        **account_data(member_id),
        "standing": standing.state if standing else "good",
        **({"trader": trader} if trader else {}),
    }


def _submission(one: Submission) -> dict[str, Any]:
    return {
        "id": one.public_id, "kind": one.kind, "subject": one.subject_id, "version": one.revision,
        "author": one.author_id, "fields": one.fields, "attributes": one.attributes, "category": one.category,
        "place": one.place, "country": one.country, "photos_sha256": one.photos, "verdict": one.verdict,
        "submitted_at": one.submitted_at,
    }  # fmt: skip


def _decision(one: Decision) -> dict[str, Any]:
    """What was decided and said to the author; the desk's notes and who decided are not the author's data."""
    return {
        "id": one.public_id, "outcome": one.outcome, "policy": one.policy, "reason": one.reason_text,
        "is_automatic": one.is_automatic, "at": one.at,
    }  # fmt: skip


def _events(
    kind: str, subject_id: str, submissions: list[Submission], order: Order
) -> list[dict[str, Any]]:  # fmt: skip
    subjects = dict.fromkeys([(kind, subject_id), *((one.kind, one.subject_id) for one in submissions)])
    named = {one.subject_id for one in order.subjects.all() if one.kind == "member"}
    found: list[EventRow] = []
    for subject in subjects:
        found += events_between(
            kinds=DISCLOSED_EVENTS, start=order.scope_from, end=order.scope_until, subject_kind=subject[0],
            subject_id=subject[1],
        )  # fmt: skip
    return [dict(_event(one, named)) for one in sorted(found, key=lambda event: event.number)]


def _event(event: EventRow, named: set[str]) -> Iterator[tuple[str, Any]]:
    """An event without the identity of anybody the order does not name."""
    yield "kind", event.kind
    yield "subject", [event.subject_kind, event.subject_id]
    yield "at", event.at
    if event.actor_id in named:
        yield "by", event.actor_id
    if event.kind != "safety.notice.filed":
        yield "data", {key: value for key, value in event.data.items() if key not in {"case", "source", "source_id"}}


def _json(value: Mapping[str, Any] | list[Any]) -> bytes:
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode("utf-8", "backslashreplace")
