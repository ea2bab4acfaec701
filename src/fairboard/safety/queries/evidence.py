"""Evidence as the desk sees it, and whether it is still what was kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.ledger.hashing import EMPTY_ROOT
from fairboard.ledger.queries import events_of_kind
from fairboard.safety import envelope, events, vault
from fairboard.safety.models import Case, Evidence, EvidenceAccess
from fairboard.safety.queries.access import visible_cases


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Who looked, when, how and why."""

    who: str
    who_id: str
    how: str
    purpose: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A piece of evidence without what is in it: hashes in hex, sizes in bytes.

    Its number is left out: it would tell how many pieces there are that one may not know of.
    """

    id: str
    kind: str
    case_id: str
    submission_id: str
    known_at: datetime
    kept_at: datetime
    keep_until: datetime
    file_size: int
    file_sha256: str
    root: str
    digest: str
    parts: tuple[dict[str, Any], ...]
    key_id: str
    is_readable: bool
    disposed_at: datetime | None
    accesses: tuple[AccessRow, ...]


@dataclass(frozen=True, slots=True)
class EvidenceVerification:
    """What checking the evidence found; each fault names its piece."""

    pieces: int
    disposed: int
    faults: tuple[str, ...]


def visible_evidence(actor: Actor) -> "QuerySet[Evidence]":
    """The evidence an actor may know of: ``evidence.view``, and ``desk.child`` where a child is concerned."""
    if not actor.can("evidence.view"):
        return Evidence.objects.none()
    if actor.can("desk.child"):
        return Evidence.objects.all()
    child = Case.objects.filter(is_child=True).values("subject_id")
    return Evidence.objects.exclude(case__is_child=True).exclude(submission__subject_id__in=child)


def case_for_evidence(*, case_id: str, actor: Actor) -> Case:
    """A case whose evidence the actor may see; raises Forbidden, NotFound."""
    case = visible_cases(actor).select_related("submission").filter(public_id=case_id).first()
    if case is None and actor.can("desk.view"):
        raise NotFound
    if case is None or not actor.can("evidence.view"):
        raise Forbidden
    return case


def evidence_of(*, case_id: str, actor: Actor) -> list[EvidenceRow]:
    """The pieces of a case, the oldest first, with who looked at each; raises Forbidden, NotFound."""
    return evidence_on_case(case=case_for_evidence(case_id=case_id, actor=actor), actor=actor)


def evidence_on_case(*, case: Case, actor: Actor) -> list[EvidenceRow]:
    """The pieces of a case for its page; none for who may not know of them."""
    return [_row(one) for one in _whole(visible_evidence(actor).filter(case=case)).order_by("number")]


def evidence_by_id(*, evidence_id: str, actor: Actor) -> EvidenceRow:
    """One piece; raises Forbidden, NotFound."""
    if not actor.can("evidence.view"):
        raise Forbidden
    found = _whole(visible_evidence(actor).filter(public_id=evidence_id)).first()
    if found is None:
        raise NotFound
    return _row(found)


def _whole(found: "QuerySet[Evidence]") -> "QuerySet[Evidence]":
    log = Prefetch("accesses", queryset=EvidenceAccess.objects.order_by("-pk"))
    return found.select_related("case", "submission").prefetch_related(log)


def _row(one: Evidence) -> EvidenceRow:
    accesses = tuple(
        AccessRow(look.actor_name or look.actor_kind, look.actor_id, look.how, look.purpose, look.reason, look.at)
        for look in one.accesses.all()
    )
    return EvidenceRow(
        one.public_id, one.kind, one.case.public_id, one.submission.public_id, one.known_at, one.kept_at,
        one.keep_until, one.file_size, one.file_sha256, one.root, one.digest, tuple(one.parts), one.key_id,
        one.key_id in vault.known_keys(), one.disposed_at, accesses,
    )  # fmt: skip


def digest_of(one: Evidence) -> str:
    """SHA-256 (hex) over all a row says but its disposal, the digest of the row before included."""
    said = [
        one.previous, one.number, one.public_id, one.kind, one.occasion, one.case_id, one.submission_id,
        envelope.moment(one.known_at), envelope.moment(one.kept_at), one.kept_by, envelope.moment(one.keep_until),
        one.file_name, one.file_size, one.file_sha256, one.root, one.parts, one.key_id,
    ]  # fmt: skip
    return hashlib.sha256(b"\x02" + envelope.canonical(said)).hexdigest()


def verify() -> EvidenceVerification:
    """Read every piece: its row, its place in the chain, its file, and whether it decrypts to what was packed."""
    faults: list[str] = []
    previous, expected, disposed = EMPTY_ROOT, 1, 0
    found: dict[str, str] = {}
    for one in Evidence.objects.order_by("number").iterator():
        if one.number != expected:
            faults.append(f"evidence {expected} is missing")
        if one.previous != previous:
            faults.append(f"evidence {one.number} ({one.public_id}) does not follow the one before it")
        if digest_of(one) != one.digest:
            faults.append(f"evidence {one.number} ({one.public_id}) was altered")
        previous, expected = one.digest, one.number + 1
        found[one.public_id] = one.digest
        if one.disposed_at:
            disposed += 1
        elif not one.disposing_at:
            faults += _file_faults(one)
    for event in events_of_kind(events.EVIDENCE_KEPT):  # the sealed ledger says what there must be
        if found.pop(event.subject_id, None) != event.data["digest"]:
            faults.append(f"evidence {event.data['number']} ({event.subject_id}) is not what the ledger says was kept")
    faults += [f"evidence {lonely} is unknown to the ledger" for lonely in found]
    return EvidenceVerification(expected - 1, disposed, tuple(faults))


def _file_faults(one: Evidence) -> Iterator[str]:
    named = f"evidence {one.number} ({one.public_id})"
    try:
        found = hashlib.sha256()
        for chunk in vault.raw(one.file_name):
            found.update(chunk)
        if found.hexdigest() != one.file_sha256:
            yield f"{named}: the file was altered"
            return
        content = b"".join(vault.read(one.file_name, one.key_id, one.public_id))
        manifest, _files = envelope.unpack(content)
        if manifest["root"] != one.root:
            yield f"{named}: the package is not the one that was kept"
    except envelope.Unreadable as problem:
        yield f"{named}: {problem}"


def unreadable() -> list[str]:
    """The pieces no key of this installation opens, and the newest one when it cannot be read, for the doctor."""
    kept = Evidence.objects.filter(disposing_at=None).order_by("number")
    lost = list(kept.exclude(key_id__in=vault.known_keys()).values_list("public_id", flat=True))
    newest = kept.last()
    if newest is not None and newest.public_id not in lost and any(True for _fault in _file_faults(newest)):
        lost.append(newest.public_id)
    return lost
