"""`fairboard relink` finds the networks of the submissions again, whatever was lost, killed at whatever moment."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.safety import copies
from fairboard.safety.models import Identifier, LinkState, Network, NetworkMember, TextKey, Tie
from fairboard.safety.services import relinking
from fairboard.safety.services.relinking import relink
from tests.safety.ads import NUMBER, place_ad

Maker = Callable[..., Actor]
SYSTEM = Actor.system("test")
WORDS = "a quiet offer for everybody who likes long walks every day of the week from nine to five near {}"


@pytest.fixture
def market(make_member: Maker, now: datetime) -> None:
    """Two networks, a template, ads apart, an edit and a refused ad."""
    members = [make_member(f"m{n}") for n in range(6)]
    for number, contact in enumerate([NUMBER, NUMBER, NUMBER, "sale@example.org", "sale@example.org", "", "", ""]):
        place_ad(members[number % 6], number, contact, at=now)
    for number in range(8, 11):
        place_ad(members[number % 6], number, at=now, title="Offer", body=WORDS.format("abcdefghijk"[number] * 4))
    place_ad(members[0], 12, NUMBER, at=now, title="Escort service")


def state() -> dict[str, Any]:
    """Everything there is, without row numbers."""
    numbers: dict[int, set[str]] = {}
    for number, subject in NetworkMember.objects.filter(network__isnull=False).values_list("network_id", "subject_id"):
        numbers.setdefault(number, set()).add(subject)
    figures = ("size", "members", "places", "growth", "refused", "rhythm", "risk", "stands_out", "first_at", "last_at")
    return {
        "ties": sorted(Tie.objects.values_list("key", "kind", "subject_id", "author_id", "place")),
        "identifiers": sorted(Identifier.objects.values_list("key", "kind", "ads", "members", "places")),
        "keys": sorted(TextKey.objects.values_list("key", "submission_id")),
        "nodes": sorted(NetworkMember.objects.values_list("subject_id", "author_id", "place", "posted", "is_refused")),
        "networks": sorted(sorted(one) for one in numbers.values()),
        "figures": sorted(Network.objects.filter(size__gt=0).values_list(*figures)),
    }


def lose_everything() -> None:
    NetworkMember.objects.all().delete()
    for model in (Tie, Identifier, TextKey, Network):
        model.objects.all().delete()


@pytest.fixture
def by_threes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relinking, "BATCH", 3)


def test_what_the_gate_kept_is_what_relinking_finds(market: None, now: datetime, by_threes: None) -> None:
    before = state()
    assert [len(one) for one in before["networks"]] in ([4, 2], [2, 4])
    found = relink(actor=SYSTEM, at=now)
    assert (found.added, found.removed, found.moved, found.networks, found.largest) == (0, 0, 0, 2, 4)
    assert state() == before


def test_everything_lost_is_found_again(market: None, now: datetime, by_threes: None) -> None:
    before = state()
    lose_everything()
    told: list[tuple[str, int, int]] = []
    found = relink(actor=SYSTEM, at=now, tell=lambda *said: told.append(said))
    assert state() == before
    assert (found.networks, found.largest, found.moved) == (2, 4, 6)
    assert told[0] == ("Ties", 3, 12)
    assert LinkState.objects.get().done == 0


def test_wrong_networks_and_counts_are_put_right(market: None, now: datetime) -> None:
    before = state()
    Identifier.objects.update(ads=99, members=77)
    Network.objects.update(size=5, risk=0.0)
    one, other = Network.objects.all()
    NetworkMember.objects.filter(network=other).update(network=one)
    Tie.objects.create(
        key=5, kind="phone", subject_kind="ad", subject_id=before["nodes"][0][0], author_id="x", place="", at=now
    )
    relink(actor=SYSTEM, at=now)
    assert state() == before


@pytest.mark.parametrize("breaks_at", range(1, 7))
def test_an_interrupted_one_goes_on(market: None, now: datetime, by_threes: None, breaks_at: int) -> None:
    before = state()
    lose_everything()
    calls = 0

    def failing(*_said: object) -> None:
        nonlocal calls
        calls += 1
        if calls == breaks_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relink(actor=SYSTEM, at=now, tell=failing)
    found = relink(actor=SYSTEM, at=now)
    assert state() == before
    assert found.submissions == 12


def test_new_text_keys_begin_anew(market: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state()
    relink(actor=SYSTEM, at=now)
    monkeypatch.setattr(copies, "VERSION", copies.VERSION + 1)
    TextKey.objects.create(key=1, submission_id=1)
    relink(actor=SYSTEM, at=now)
    assert state() == before


def test_devices_stay_though_no_submission_has_them(market: None, now: datetime) -> None:
    subject = Tie.objects.all()[0].subject_id
    Tie.objects.create(key=7, kind="device", subject_kind="ad", subject_id=subject, author_id="x", place="", at=now)
    assert relink(actor=SYSTEM, at=now).removed == 0
    assert Tie.objects.filter(key=7).exists()


def test_only_the_lead_relinks(moderator: Actor, now: datetime) -> None:
    with pytest.raises(Forbidden):
        relink(actor=moderator, at=now)


SCRIPT = """
import os, sys
from fairboard.kit import clock, startup
startup.start(); startup.migrate()
from fairboard.kit.actors import Actor
from fairboard.safety.models import *
from fairboard.safety.services import relinking
from tests.safety.test_relinking import SYSTEM, lose_everything, market, state
from tests.people import make_member
relinking.BATCH = 3
if sys.argv[1] == "make":
    market.__wrapped__(make_member, clock.now().replace(microsecond=0))
    print(sorted(map(str, state().items())))
    lose_everything()
else:
    left = int(sys.argv[1])
    def tell(*said):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
    relinking.relink(actor=SYSTEM, at=clock.now(), tell=tell)
    print(sorted(map(str, state().items())))
"""


@pytest.mark.crash
def test_killed_at_every_step_it_ends_with_the_same(tmp_path: Path) -> None:
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(tmp_path)}
    environment.pop("FAIRBOARD_DATABASE_URL", None)

    def run(argument: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", SCRIPT, argument]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    made = run("make")
    assert made.returncode == 0, made.stderr
    killed = [run(str(step)).returncode for step in (1, 2, 1, 1, 2)]
    assert killed == [-9] * 5
    done = run("99")
    assert done.returncode == 0, done.stderr
    assert done.stdout == made.stdout
