"""An operator's own policy packs judge beside the packaged ones; a faulty one is left out and said aloud."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fairboard.cli import safety_checks
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.market.services.posting import submit
from fairboard.safety.forms import DecisionForm
from fairboard.screening.pack import default_packs, packaged_packs, policies, read_folder, register_folder
from tests.market.drafts import bicycle, hidden_number

HOUSE = """id: house
version: 2026.1
policies:
  - code: garden-dwarfs
    name: Garden dwarfs
    explanation: Dwarfs are not sold here.
terms:
  - policy: garden-dwarfs
    action: hold
    message: This looks like an offer of a dwarf.
    source: our own rules
    words: [garden dwarf]
rules:
  - id: no-photo-of-a-dwarf
    policy: garden-dwarfs
    action: hold
    when: ad.photos > 90
    message: Too many photos.
    owner: house
    source: our own rules
tests:
  - text: A garden dwarf with a red cap.
    expect: hold
"""
FAULTY = """id: fraud
version: 1
policies:
  - code: scam
    name: Scam
    explanation: Again.
rules:
  - id: many-photos
    policy: scam
    action: hold
    when: ad.photo > 1
    message: What.
    owner: house
    source: none
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with one good pack, read by this process."""
    (tmp_path / "house.yaml").write_text(HOUSE, encoding="utf-8")
    register_folder(tmp_path)
    yield tmp_path
    register_folder(None)


def test_the_gate_judges_by_it_and_the_packaged_packs_stay(folder: Path, seller: Actor, now: Any) -> None:
    assert [pack.id for pack in default_packs()] == [*(pack.id for pack in packaged_packs()), "house"]
    held = submit(actor=seller, draft=bicycle(title="Garden dwarf beside a bicycle"), at=now)
    assert (held.verdict, held.reasons[0].policy) == ("hold", "garden-dwarfs")
    assert submit(actor=seller, draft=hidden_number(), at=now).verdict == "hold"
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "allow"


def test_its_policies_are_shown_and_can_be_chosen(folder: Path, db: None) -> None:
    assert "Dwarfs are not sold here." in Client().get("/rules").content.decode()
    assert ("garden-dwarfs", "Garden dwarfs") in DecisionForm().fields["policy"].choices  # type: ignore[attr-defined]
    assert "garden-dwarfs" in [one["code"] for one in Client().get("/api/v1/policies").json()]
    register_folder(None)
    assert "garden-dwarfs" not in policies()


def test_a_faulty_one_is_left_out_and_raises_an_alarm(folder: Path, seller: Actor, now: Any) -> None:
    (folder / "broken.yaml").write_text(FAULTY, encoding="utf-8")
    (error,) = register_folder(folder)
    assert [(one.line, one.column) for one in error.faults] == [(1, 1), (4, 5), (11, 11)]
    assert submit(actor=seller, draft=bicycle(title="Garden dwarf"), at=now).verdict == "hold"
    tasks.call("safety.check_packs")
    event = Event.objects.get(kind="safety.alarm.raised")
    assert (event.subject_id, event.data) == ("packs", {"trouble": "faulty", "pack": "broken.yaml", "faults": 3})


def test_the_doctor_names_every_fault(folder: Path, settings: Any) -> None:
    settings.PACKS_DIR = folder
    assert safety_checks.packs().startswith("3 packaged, 1 of ")
    (folder / "broken.yaml").write_text(FAULTY, encoding="utf-8")
    (folder / "tested.yaml").write_text(
        HOUSE.replace("house", "other").replace("dwarf", "gnome").replace("expect: hold", "expect: allow")
    )
    with pytest.raises(RuntimeError) as caught:
        safety_checks.packs()
    for part in ("broken.yaml:1:", "broken.yaml:4:", "broken.yaml:11:11:", "other:22: expected allow"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a: [", b"- 1", b"id: x\nversion: 1\nrules: 5\nterms: {}\n", b"? [a]\n: b\n",
                b"a: &a [*a]\n", b"id: x\nversion: 1\npolicies:\n  - code: [a]\nrules:\n  - 1\n"],
)  # fmt: skip
def test_whatever_is_in_a_file_nothing_breaks(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "any.yaml").write_bytes(content)
    packs, faulty = read_folder(tmp_path)
    assert packs == []
    assert [one.name for one in faulty] == ["any.yaml"]
    assert read_folder(tmp_path / "nowhere")[1]
    assert read_folder(tmp_path / "any.yaml")[1]


@pytest.mark.parametrize(("old", "new"), [
    ("code: garden-dwarfs", "code: Garden Dwarfs"), ("code: garden-dwarfs", f"code: {'x' * 41}"),
    ("id: no-photo-of-a-dwarf", "id: no photo"), ("id: no-photo-of-a-dwarf", "id: disguised-contact"),
    ("id: house", "id: desk"), ("id: house", "id: base"),
])  # fmt: skip
def test_what_the_desk_could_not_keep_is_a_fault(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "house.yaml").write_text(HOUSE.replace(old, new), encoding="utf-8")
    assert read_folder(tmp_path)[0] == []
