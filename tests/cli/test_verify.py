"""`fairboard verify`: seals what is sound, names what was altered, and never seals over it."""

import json
from pathlib import Path
from typing import Any

from django.core.files.storage import storages

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event, Seal
from fairboard.safety.models import Evidence
from fairboard.safety.services.evidence import keep
from tests.cli.conftest import Run
from tests.safety.childcase import child_case


def answer(fairboard: Run, *options: str) -> tuple[int, dict[str, Any]]:
    done = fairboard("verify", "--json", *options)
    return done.code, json.loads(done.out)


def test_a_sound_ledger_is_sealed_and_counted(seller: Actor, fairboard: Run) -> None:
    events = Event.objects.count()
    assert answer(fairboard) == (
        0,
        {
            "events": events,
            "seals": 1,
            "unsealed": 0,
            "timestamps": 0,
            "signed": 0,
            "faults": [],
            "evidence": 0,
            "disposed": 0,
        },
    )


def test_looking_alone_seals_nothing(seller: Actor, fairboard: Run) -> None:
    code, found = answer(fairboard, "--no-seal")
    assert (code, found["seals"], found["unsealed"]) == (0, 0, Event.objects.count())
    assert not Seal.objects.exists()


def test_an_altered_event_is_named_and_the_exit_code_says_so(seller: Actor, fairboard: Run) -> None:
    fairboard("verify")
    event = Event.objects.get(subject_id=seller.id)
    Event.objects.filter(pk=event.pk).update(actor_name="Somebody else")
    done = fairboard("verify")
    assert done.code == 1
    assert f"event {event.pk} (people.member.joined, {event.public_id}) was altered" in done.err
    assert "nothing was changed" not in done.out


def test_an_event_altered_before_its_seal_is_not_sealed_as_it_is_now(seller: Actor, fairboard: Run) -> None:
    Event.objects.filter(subject_id=seller.id).update(subject_id="another")
    code, found = answer(fairboard)
    assert (code, found["seals"], len(found["faults"])) == (1, 0, 1)
    assert not Seal.objects.exists()


def test_a_piece_of_evidence_that_was_altered_is_named(seller: Actor, fairboard: Run) -> None:
    now = clock.now()
    piece = Evidence.objects.get(
        public_id=keep(case_id=child_case(seller, now).public_id, actor=Actor.system("tests"), at=now)
    )
    assert answer(fairboard)[1]["evidence"] == 1
    path = Path(storages["evidence"].path(piece.file_name))
    path.write_bytes(path.read_bytes()[:-1])
    done = fairboard("verify")
    assert done.code == 1
    assert f"evidence 1 ({piece.public_id}): the file was altered" in done.err
