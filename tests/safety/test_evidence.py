"""Evidence: all that was known, sealed, chained, never changed, and shown to nobody who has not said why."""

import io
import json
import tarfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage, storages
from django.db import DatabaseError, connection, transaction

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.models import Event
from fairboard.ledger.queries import timeline
from fairboard.market.models import Photo
from fairboard.market.pictures import path_of as stored_at
from fairboard.safety import envelope, registry, vault
from fairboard.safety.models import Case, Evidence, EvidenceAccess
from fairboard.safety.queries.evidence import evidence_of, unreadable, verify
from fairboard.safety.services import evidence
from fairboard.safety.services.deciding import decide
from fairboard.safety.tasks_evidence import keep_owed
from tests.api.client import Caller
from tests.safety.childcase import child_case

WHY = {"purpose": "review", "reason": "to judge the case"}


@pytest.fixture
def case(seller: Actor, now: datetime) -> Case:
    return child_case(seller, now)


@pytest.fixture
def piece(case: Case, lead: Actor, now: datetime) -> Evidence:
    return Evidence.objects.get(public_id=evidence.keep(case_id=case.public_id, actor=lead, at=now))


def path_of(piece: Evidence) -> Path:
    return Path(storages["evidence"].path(piece.file_name))


def test_everything_known_is_in_it(piece: Evidence, case: Case, seller: Actor, lead: Actor, now: datetime) -> None:
    found = evidence.look(evidence_id=piece.public_id, **WHY, actor=lead, at=now)
    submission = json.loads(found.files["submission.json"])
    assert submission["fields"] == case.submission.fields
    assert submission["reasons"] == case.submission.reasons
    account = json.loads(found.files["records/account.json"])
    assert (account["email"], account["id"]) == ("sam@example.org", seller.id)
    photos = [content for name, content in found.files.items() if name.startswith("photos/")]
    assert len(photos) == 2
    assert all(content[8:12] == b"WEBP" for content in photos)
    assert found.manifest["about"]["missing_photos"] == []


def test_the_network_of_that_moment_is_kept_when_somebody_knows_it(
    case: Case, lead: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._records, "network", lambda kind, subject, author, at: {"ads": [subject]})
    made = evidence.keep(case_id=case.public_id, actor=lead, at=now)
    found = evidence.look(evidence_id=made, **WHY, actor=lead, at=now)
    assert json.loads(found.files["records/network.json"]) == {"ads": [case.subject_id]}


def test_a_room_that_breaks_does_not_cost_the_evidence(
    case: Case, lead: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._records, "network", lambda *asked: 1 / 0)
    made = evidence.keep(case_id=case.public_id, actor=lead, at=now)
    found = evidence.look(evidence_id=made, **WHY, actor=lead, at=now)
    assert found.manifest["about"]["failed"] == ["records"]
    assert "submission.json" in found.files


def test_a_photo_that_is_gone_is_named(case: Case, lead: Actor, now: datetime) -> None:
    name, _content = next(iter(registry.photos(case.kind, case.subject_id)))
    photo = Photo.objects.get(sha256=name.partition("-")[0], ad__public_id=case.subject_id)
    default_storage.delete(stored_at(photo.key, "l"))
    made = evidence.keep(case_id=case.public_id, actor=lead, at=now)
    found = evidence.look(evidence_id=made, **WHY, actor=lead, at=now)
    assert found.manifest["about"]["missing_photos"] == [photo.sha256]


def test_it_is_written_once(piece: Evidence, case: Case, lead: Actor, now: datetime) -> None:
    assert evidence.keep(case_id=case.public_id, actor=lead, at=now) == piece.public_id
    again = evidence.keep(case_id=case.public_id, actor=lead, at=now, again=True)
    assert Evidence.objects.get(public_id=again).previous == piece.digest
    assert verify().faults == ()


def test_nothing_of_it_is_readable_where_it_lies(piece: Evidence) -> None:
    raw = path_of(piece).read_bytes()
    assert b"bicycle" not in raw.lower()
    assert b"sam@example.org" not in raw
    assert path_of(piece).stat().st_mode & 0o077 == 0
    assert "files" not in path_of(piece).parts


@pytest.mark.parametrize(
    "change",
    [
        {"root": "0" * 64}, {"digest": "0" * 64}, {"parts": []}, {"keep_until": datetime(2020, 1, 1).astimezone()},
        {"file_name": "else"}, {"kept_by": "x"}, {"case_id": None},
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_it(piece: Evidence, change: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(**change)


def test_the_database_refuses_to_delete_it(piece: Evidence) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk)._raw_delete("default")


def test_who_looked_cannot_be_unwritten(piece: Evidence, lead: Actor, now: datetime) -> None:
    evidence.look(evidence_id=piece.public_id, **WHY, actor=lead, at=now)
    for act in (lambda rows: rows.update(reason="else"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            act(EvidenceAccess.objects.filter(evidence=piece))


def test_disposal_is_written_once(piece: Evidence, now: datetime) -> None:
    Evidence.objects.filter(pk=piece.pk).update(disposing_at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(disposing_at=None)
    Evidence.objects.filter(pk=piece.pk).update(disposed_at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(disposed_at=None)


def test_who_looks_is_written_down_before_anything_is_read(
    piece: Evidence, lead: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = vault.raw

    def watched(name: str) -> Any:
        seen.append(EvidenceAccess.objects.filter(evidence=piece, reason=WHY["reason"]).count())
        return real(name)

    monkeypatch.setattr(vault, "raw", watched)
    evidence.look(evidence_id=piece.public_id, **WHY, actor=lead, at=now)
    b"".join(evidence.download(evidence_id=piece.public_id, **WHY, actor=lead, at=now))
    assert seen == [1, 2]
    looked = Event.objects.filter(kind="safety.evidence.seen", actor_id=lead.id)
    assert [one.data["how"] for one in looked.order_by("pk")] == ["look", "download"]
    assert all(WHY["reason"] not in json.dumps(one.data) for one in looked)


@pytest.mark.parametrize("why", [{"purpose": "", "reason": "long enough"}, {"purpose": "review", "reason": " x "}])
def test_nothing_is_shown_without_a_purpose(piece: Evidence, lead: Actor, now: datetime, why: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        evidence.look(evidence_id=piece.public_id, **why, actor=lead, at=now)
    assert not EvidenceAccess.objects.exists()


def test_the_page_asks_why_then_shows_or_sends(piece: Evidence, lead: Actor, signed_in: Any) -> None:
    client, address = signed_in(lead), f"/desk/evidence/{piece.public_id}"
    assert "Blue bicycle" not in client.get(address).content.decode()
    refused = client.post(address, {"purpose": "review", "reason": "", "act": "download"})
    assert refused.status_code == 422
    assert 'value="review" selected' in refused.content.decode()
    shown = client.post(address, {**WHY, "act": "look"}).content.decode()
    assert "Blue bicycle" in shown
    assert WHY["reason"] in shown
    copy = client.post(address, {**WHY, "act": "download"})
    with tarfile.open(fileobj=io.BytesIO(copy.getvalue())) as tar:
        assert "manifest.json" in tar.getnames()
    assert EvidenceAccess.objects.count() == 2


def test_without_child_safety_it_is_not_there(
    piece: Evidence, case: Case, admin: Actor, moderator: Actor, signed_in: Any, now: datetime
) -> None:
    with pytest.raises(NotFound):
        evidence_of(case_id=case.public_id, actor=admin)
    with pytest.raises(NotFound):
        evidence.look(evidence_id=piece.public_id, **WHY, actor=admin, at=now)
    with pytest.raises(NotFound):
        evidence.keep(case_id=case.public_id, actor=admin, at=now)
    with pytest.raises(Forbidden):
        evidence.look(evidence_id=piece.public_id, **WHY, actor=moderator, at=now)
    client = signed_in(admin)
    for path in (f"/desk/cases/{case.public_id}/evidence", f"/desk/evidence/{piece.public_id}"):
        assert client.get(path).status_code == 404
        assert client.post(path, {**WHY, "act": "look"}).status_code == 404
    assert not EvidenceAccess.objects.exists()


def test_events_of_evidence_are_for_those_who_may_see_it(
    piece: Evidence, lead: Actor, moderator: Actor, now: datetime
) -> None:
    assert "safety.evidence.kept" in {one.kind for one in timeline(actor=lead).items}
    assert "safety.evidence.kept" not in {one.kind for one in timeline(actor=moderator).items}


def test_nothing_tells_how_many_pieces_there_are(
    piece: Evidence, seller: Actor, admin: Actor, now: datetime, signed_in: Any
) -> None:
    other = child_case(seller, now)
    Case.objects.filter(pk=other.pk).update(is_child=False)
    made = evidence.keep(case_id=other.public_id, actor=admin, at=now)
    assert Evidence.objects.get(public_id=made).number == 2
    answer = Caller(admin).get(f"/evidence/{made}").json()
    assert "number" not in answer
    assert "Evidence 2" not in signed_in(admin).get(f"/desk/evidence/{made}").content.decode()
    assert not [one for one in timeline(actor=admin, size=200).items if one.kind.startswith("safety.evidence")]


def test_what_is_not_of_a_child_needs_the_permission_for_evidence_alone(
    seller: Actor, admin: Actor, now: datetime
) -> None:
    found = child_case(seller, now)
    Case.objects.filter(pk=found.pk).update(is_child=False, policy="contact")
    made = evidence.keep(case_id=found.public_id, actor=admin, at=now)
    assert [one.id for one in evidence_of(case_id=found.public_id, actor=admin)] == [made]


def test_the_wrong_key_opens_nothing_and_the_doctor_says_so(
    piece: Evidence, lead: Actor, now: datetime, settings: Any
) -> None:
    assert unreadable() == []
    settings.EVIDENCE_KEYS = ["another-key-of-enough-letters-and-more"]
    with pytest.raises(evidence.NotReadable, match=piece.key_id):
        evidence.look(evidence_id=piece.public_id, **WHY, actor=lead, at=now)
    with pytest.raises(evidence.NotReadable):
        evidence.download(evidence_id=piece.public_id, **WHY, actor=lead, at=now)
    assert unreadable() == [piece.public_id]
    assert [fault for fault in verify().faults if piece.public_id in fault]


def test_a_new_key_in_front_leaves_the_old_evidence_readable(
    piece: Evidence, case: Case, lead: Actor, now: datetime, settings: Any
) -> None:
    settings.EVIDENCE_KEYS = ["the-new-key-of-enough-letters-and-more", *settings.EVIDENCE_KEYS]
    newer = evidence.keep(case_id=case.public_id, actor=lead, at=now, again=True)
    assert Evidence.objects.get(public_id=newer).key_id != piece.key_id
    assert unreadable() == []
    assert verify().faults == ()


def test_an_altered_file_is_named(piece: Evidence) -> None:
    path = path_of(piece)
    raw = bytearray(path.read_bytes())
    raw[-40] ^= 1
    path.write_bytes(raw)
    assert verify().faults == (f"evidence {piece.number} ({piece.public_id}): the file was altered",)


def test_a_missing_file_is_named(piece: Evidence) -> None:
    path_of(piece).unlink()
    assert verify().faults == (f"evidence {piece.number} ({piece.public_id}): The file is missing.",)


def test_a_row_that_was_removed_is_missed_even_at_the_end(piece: Evidence, lead: Actor, now: datetime) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER safety_evidence_kept")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")  # as its owner could: no trigger fires
        cursor.execute("DELETE FROM safety_evidence WHERE id = %s", [piece.pk])
        if connection.vendor != "sqlite":
            cursor.execute("SET LOCAL session_replication_role = origin")
    assert verify().faults == (f"evidence 1 ({piece.public_id}) is not what the ledger says was kept",)


def test_an_altered_row_is_named(piece: Evidence) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER safety_evidence_immutable")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")  # as its owner could: no trigger fires
        cursor.execute("UPDATE safety_evidence SET kept_by = %s WHERE id = %s", ["somebody", piece.pk])
        if connection.vendor != "sqlite":
            cursor.execute("SET LOCAL session_replication_role = origin")
    assert verify().faults == (f"evidence 1 ({piece.public_id}) was altered",)


def test_a_file_of_another_piece_does_not_open(piece: Evidence, case: Case, lead: Actor, now: datetime) -> None:
    other = evidence.keep(case_id=case.public_id, actor=lead, at=now, again=True)
    raw = path_of(Evidence.objects.get(public_id=other)).read_bytes()
    with pytest.raises(envelope.Unreadable):
        b"".join(envelope.opened(iter([raw]), vault.known_keys()[piece.key_id], piece.public_id.encode()))


def test_a_decided_child_safety_case_is_kept_by_itself(seller: Actor, lead: Actor, now: datetime) -> None:
    found = child_case(seller, now, known=False)
    keep_owed(now)
    assert not Evidence.objects.exists()
    decide(
        case_id=found.public_id, outcome="reject", policy="child-safety", reason_text="Against our rules on children.",
        actor=lead, at=now,
    )  # fmt: skip
    keep_owed(now)
    keep_owed(now + timedelta(minutes=1))
    assert Evidence.objects.get().case == found


def test_evidence_that_cannot_be_kept_is_an_alarm(case: Case, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(vault, "put", broken)
    keep_owed(now)
    keep_owed(now + timedelta(minutes=1))
    assert Event.objects.filter(kind="safety.evidence.failed").count() == 1
    monkeypatch.undo()
    keep_owed(now + timedelta(minutes=2))
    assert Evidence.objects.count() == 1
