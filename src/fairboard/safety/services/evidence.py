"""Keeping evidence, looking at it, and disposing of it at the end of its term. Used inside the safety room only."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Conflict, Forbidden, Gone, Invalid, NotFound
from fairboard.ledger.hashing import EMPTY_ROOT
from fairboard.ledger.services import Subject, record
from fairboard.safety import envelope, events, registry, vault
from fairboard.safety.envelope import Package, canonical
from fairboard.safety.models import Case, Decision, Evidence, EvidenceAccess, Notice, Submission
from fairboard.safety.queries.evidence import case_for_evidence, digest_of, visible_evidence
from fairboard.safety.queries.standing import is_held

log = logging.getLogger("fairboard.safety")
PURPOSES = ("review", "report", "authority", "appeal", "audit")
"""Why somebody may look at evidence."""


class NotReadable(Conflict):
    """The piece is there but cannot be decrypted, or is not what was kept."""

    code = "evidence-not-readable"
    title = gettext_lazy("This evidence cannot be read")


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a piece: its manifest, and its files by name."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]


def keep(*, case_id: str, actor: Actor, at: datetime, again: bool = False) -> str:
    """Seal all that is known of a case's submission now; returns the id of the piece.

    What was kept before is returned as it is, unless ``again``: then a further piece shows what is known today.
    Raises Forbidden, NotFound.
    """
    case = case_for_evidence(case_id=case_id, actor=actor)
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff keep evidence."))
    occasion = f"again-{at:%Y%m%d%H%M%S}" if again else ""
    found = Evidence.objects.filter(case=case, submission=case.submission, kind="submission", occasion=occasion).first()
    if found is None:
        found = write(case=case, kind="submission", occasion=occasion, package=_package(case, at), actor=actor, at=at)
    return found.public_id


def write(*, case: Case, kind: str, occasion: str, package: Package, actor: Actor, at: datetime) -> Evidence:
    """Seal a package and chain it to the evidence before; the caller has checked that the actor may.

    The file is on the disk before its row is written: a file without a row is swept later, a row without a file
    would be a loss. The same occasion is kept once, whoever comes first.
    """
    public_id = new_id()
    sealed = vault.put(package.content, public_id)
    evidence = Evidence(
        public_id=public_id, kind=kind, occasion=occasion, case=case, submission=case.submission,
        known_at=case.known_at or at, kept_at=at, kept_by=actor.id,
        keep_until=at + timedelta(days=settings.EVIDENCE_DAYS), file_name=sealed.name, file_size=sealed.size,
        file_sha256=sealed.sha256, root=package.root, parts=[asdict(one) for one in package.parts],
        key_id=sealed.key_id,
    )  # fmt: skip
    for is_last_try in (False, False, True):
        try:
            _chain(evidence, actor, at)
        except IntegrityError:  # the same occasion, or the same place in the chain, at the same time
            same = Evidence.objects.filter(case=case, submission=case.submission, kind=kind, occasion=occasion)
            if found := same.first():
                vault.delete(sealed.name)
                return found
            if is_last_try:
                raise
        else:
            break
    return evidence


def _chain(evidence: Evidence, actor: Actor, at: datetime) -> None:
    """Write the row after the newest one, with its event."""
    with transaction.atomic():
        evidence.number, evidence.previous = _place_in_chain()
        evidence.digest = digest_of(evidence)
        evidence.save(force_insert=True)
        record(
            kind=events.EVIDENCE_KEPT, subject=Subject("evidence", evidence.public_id), actor=actor, at=at,
            data={"number": evidence.number, "digest": evidence.digest, "root": evidence.root,
                  "file": evidence.file_sha256, "keep_until": evidence.keep_until},
        )  # fmt: skip


def _place_in_chain() -> tuple[int, str]:
    """The next number and the digest it follows; whoever comes at the same time waits."""
    last = Evidence.objects.select_for_update().order_by("-number").first()
    while last is not None:
        newest = Evidence.objects.select_for_update().order_by("-number").first()
        if newest is None or newest.number == last.number:
            return last.number + 1, last.digest
        last = newest
    return 1, EMPTY_ROOT


def _package(case: Case, at: datetime) -> Package:
    submission = case.submission
    files: dict[str, bytes] = {}
    about: dict[str, Any] = {
        "case": case.public_id, "submission": submission.public_id,
        "known_at": envelope.moment(case.known_at or at), "kept_at": envelope.moment(at), "failed": [],
    }  # fmt: skip

    def add(name: str, value: Any) -> None:
        files[f"{name}.json"] = canonical(_plain(value))

    add("submission", _told(submission))
    versions = Submission.objects.filter(kind=submission.kind, subject_id=submission.subject_id).order_by("revision")
    add("versions", [_told(one) for one in versions])
    decisions = Decision.objects.filter(submission__in=versions).order_by("pk")
    add("decisions", [{**_told(one), "submission": one.submission.public_id} for one in decisions])
    add("notices", [_told(one) for one in Notice.objects.filter(case=case).order_by("pk")])
    add("case", _told(case))
    if described := registry.describe(submission.kind, submission.subject_id):
        add("subject", asdict(described))
    try:
        for name, found in registry.records(submission.kind, submission.subject_id, submission.author_id, at):
            add(f"records/{name}", found)
    except Exception:  # what another room cannot say must not cost what is known
        log.exception("a record of %s is missing from its evidence", submission.public_id)
        about["failed"].append("records")
    try:
        for name, content in registry.photos(submission.kind, submission.subject_id):
            files[f"photos/{name}"] = content
    except Exception:
        log.exception("photos of %s are missing from its evidence", submission.public_id)
        about["failed"].append("photos")
    there = {name.removeprefix("photos/").partition("-")[0] for name in files}
    about["missing_photos"] = [sha256 for sha256 in submission.photos if sha256 not in there]
    return envelope.pack(files, about)


def _told(row: Submission | Decision | Notice | Case) -> dict[str, Any]:
    fields = [field.name for field in row._meta.concrete_fields if field.name not in {"id"}]
    return {**model_to_dict(row, fields=fields), "public_id": row.public_id}


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return envelope.moment(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def log_access(*, evidence: Evidence, how: str, purpose: str, reason: str, actor: Actor, at: datetime) -> None:
    """Write down who is about to look and why. The caller gives nothing before this is committed."""
    with transaction.atomic():
        access = EvidenceAccess.objects.create(
            evidence=evidence, actor_kind=actor.kind, actor_id=actor.id, actor_name=actor.name[:80], how=how,
            purpose=purpose, reason=reason.strip()[:1000], at=at,
        )  # fmt: skip
        record(
            kind=events.EVIDENCE_SEEN, subject=Subject("evidence", evidence.public_id), actor=actor, at=at,
            data={"access": access.public_id, "how": how, "purpose": purpose},
        )  # fmt: skip


def look(*, evidence_id: str, purpose: str, reason: str, actor: Actor, at: datetime) -> Contents:
    """Log who looks and why, then open a piece. Raises Forbidden, NotFound, Invalid, Gone, NotReadable."""
    evidence = _readable(evidence_id, purpose, reason, actor)
    log_access(evidence=evidence, how="look", purpose=purpose, reason=reason, actor=actor, at=at)
    return contents(evidence)


def download(*, evidence_id: str, purpose: str, reason: str, actor: Actor, at: datetime) -> Iterator[bytes]:
    """Log who takes a copy and why, then give the package, decrypted as it is read. Raises as `look`."""
    evidence = _readable(evidence_id, purpose, reason, actor)
    log_access(evidence=evidence, how="download", purpose=purpose, reason=reason, actor=actor, at=at)
    try:
        chunks = vault.read(evidence.file_name, evidence.key_id, evidence.public_id)
        first = next(chunks)  # so that a wrong key is an answer, not a broken download
    except (envelope.Unreadable, StopIteration) as error:
        raise NotReadable(str(error)) from error
    return _continued(first, chunks)


def _continued(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def contents(evidence: Evidence) -> Contents:
    """Open a piece whose access is logged; raises NotReadable."""
    try:
        content = b"".join(vault.read(evidence.file_name, evidence.key_id, evidence.public_id))
        manifest, files = envelope.unpack(content)
    except envelope.Unreadable as error:
        raise NotReadable(str(error)) from error
    if manifest["root"] != evidence.root:
        raise NotReadable(_("The package is not the one that was kept."))
    return Contents(manifest, files)


def _readable(evidence_id: str, purpose: str, reason: str, actor: Actor) -> Evidence:
    if not actor.can("evidence.view"):
        raise Forbidden(_("Only those with that permission look at evidence."))
    evidence = visible_evidence(actor).filter(public_id=evidence_id).first()
    if evidence is None:
        raise NotFound(_("There is no such evidence."))
    errors = []
    if purpose not in PURPOSES:
        errors.append({"field": "purpose", "message": _("Choose why you look.")})
    if len(reason.strip()) < 5:
        errors.append({"field": "reason", "message": _("Say in a few words what for.")})
    if errors:
        raise Invalid(_("Say why you look: it is written down before anything is shown."), errors=errors)
    if evidence.disposing_at:
        raise Gone(_("This evidence was deleted at the end of its term; its certificate remains."))
    return evidence


def dispose_due(*, actor: Actor, at: datetime) -> int:
    """Delete what is past its term and under no hold, leaving a certificate; returns how many. Raises Forbidden.

    First the row says that the file is about to go, then it goes, then the certificate is written: interrupted, the
    next call goes on there.
    """
    if actor.kind != "system":
        raise Forbidden
    done = 0
    for pk in list(Evidence.objects.filter(disposed_at=None, keep_until__lte=at).values_list("pk", flat=True)):
        with transaction.atomic():
            one = Evidence.objects.select_related("submission", "case").select_for_update(of=("self",)).get(pk=pk)
            if one.disposing_at is None and held(one, at):
                continue
            Evidence.objects.filter(pk=pk, disposing_at=None).update(disposing_at=at)
        vault.delete(one.file_name)
        with transaction.atomic():
            if Evidence.objects.filter(pk=pk, disposed_at=None).update(disposed_at=at, disposed_by=actor.name[:16]):
                record(
                    kind=events.EVIDENCE_DISPOSED, subject=Subject("evidence", one.public_id), actor=actor, at=at,
                    data={"number": one.number, "digest": one.digest, "root": one.root, "file": one.file_sha256,
                          "kept_at": one.kept_at, "keep_until": one.keep_until},
                )  # fmt: skip
                done += 1
    return done


def held(one: Evidence, at: datetime) -> bool:
    """Whether a legal hold on the piece, its case, its subject or its author keeps it."""
    subjects = (
        ("evidence", one.public_id), ("case", one.case.public_id),
        (one.submission.kind, one.submission.subject_id), ("member", one.submission.author_id),
    )  # fmt: skip
    return any(is_held(subject_kind=kind, subject_id=subject, at=at) for kind, subject in subjects)
