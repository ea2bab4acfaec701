"""Evidence goes at the end of its term and not before, never while it is held, and leaves a certificate."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Gone
from fairboard.ledger.models import Event
from fairboard.safety import vault
from fairboard.safety.models import Evidence
from fairboard.safety.queries.evidence import verify
from fairboard.safety.services import evidence, holds
from fairboard.safety.tasks_evidence import SYSTEM, dispose_evidence
from tests.safety.childcase import child_case

TERM = timedelta(days=401)


@pytest.fixture
def piece(seller: Actor, lead: Actor, now: datetime) -> Evidence:
    case = child_case(seller, now)
    return Evidence.objects.get(public_id=evidence.keep(case_id=case.public_id, actor=lead, at=now))


def test_nothing_goes_before_its_term(piece: Evidence, now: datetime) -> None:
    assert evidence.dispose_due(actor=SYSTEM, at=now + timedelta(days=399)) == 0
    assert verify().faults == ()


def test_what_goes_leaves_a_certificate(piece: Evidence, lead: Actor, now: datetime, signed_in: Any) -> None:
    assert evidence.dispose_due(actor=SYSTEM, at=now + TERM) == 1
    assert evidence.dispose_due(actor=SYSTEM, at=now + TERM) == 0
    assert piece.file_name not in set(vault.names())
    certificate = Event.objects.get(kind="safety.evidence.disposed").data
    assert (certificate["root"], certificate["file"]) == (piece.root, piece.file_sha256)
    found = verify()
    assert (found.pieces, found.disposed, found.faults) == (1, 1, ())
    with pytest.raises(Gone):
        evidence.look(evidence_id=piece.public_id, purpose="audit", reason="is it gone", actor=lead, at=now + TERM)
    page = signed_in(lead).get(f"/desk/evidence/{piece.public_id}").content.decode()
    assert piece.root in page
    assert "Take a copy" not in page


@pytest.mark.parametrize("what", ["member", "subject", "case", "evidence"])
def test_a_hold_beats_disposal(piece: Evidence, now: datetime, what: str) -> None:
    submission = piece.case.submission
    kind, subject = {
        "member": ("member", submission.author_id), "subject": ("ad", submission.subject_id),
        "case": ("case", piece.case.public_id), "evidence": ("evidence", piece.public_id),
    }[what]  # fmt: skip
    hold = holds.place(
        subject_kind=kind, subject_id=subject, reason="an order", source_kind="order", source_id="x", actor=SYSTEM,
        at=now, until=now + TERM + timedelta(days=30),
    )  # fmt: skip
    assert evidence.dispose_due(actor=SYSTEM, at=now + TERM) == 0
    assert evidence.dispose_due(actor=SYSTEM, at=now + TERM + timedelta(days=31)) == 1
    assert hold


def test_an_interrupted_disposal_goes_on(piece: Evidence, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(vault, "delete", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evidence.dispose_due(actor=SYSTEM, at=now + TERM)
    monkeypatch.undo()
    assert verify().faults == ()
    assert evidence.dispose_due(actor=SYSTEM, at=now + TERM + timedelta(days=1)) == 1


def test_what_an_interruption_left_is_swept_and_nothing_else(piece: Evidence) -> None:
    storage = storages["evidence"]
    old, fresh = storage.save("aa/old", ContentFile(b"x")), storage.save("aa/fresh", ContentFile(b"x"))
    for name in (old, piece.file_name):
        path = Path(storage.path(name))
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 200_000))
    dispose_evidence()
    left = set(vault.names())
    assert old not in left
    assert {fresh, piece.file_name} <= left
