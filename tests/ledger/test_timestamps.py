"""Timestamps by a third party: a real authority signs seals; what it did not sign, or not over this seal, is found."""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.ledger import hashing, queries, services
from fairboard.ledger.models import Event, Seal, SealTimestamp
from fairboard.ledger.services import Subject, record
from fairboard.market import events as market_events
from tests.cli.conftest import Run, fairboard
from tests.ledger.authority import Authority

__all__ = ["fairboard"]
SYSTEM = Actor.system("tests")


def happen(subject: str, at: datetime) -> None:
    """One event, sealed."""
    with transaction.atomic():
        record(kind=market_events.SOLD, subject=Subject("ad", subject), actor=SYSTEM, at=at)
    services.seal_events(at=at)


@pytest.fixture
def sealed(db: None, now: datetime) -> None:
    """Two seals."""
    happen("a", now)
    happen("b", now)


def test_the_newest_seal_is_stamped_once(sealed: None, authority: Authority, now: datetime) -> None:
    assert [services.stamp_newest(at=now) for _time in range(3)] == [True, False, False]
    assert authority.asked == 1
    stamp = SealTimestamp.objects.select_related("seal").get()
    assert (stamp.seal.number, stamp.authority) == (2, authority.url)
    assert abs(stamp.stamped_at - datetime.now(UTC)) < timedelta(minutes=1)
    found = queries.verify()
    assert (found.timestamps, found.signed, found.faults) == (1, 1, ())
    happen("c", now)
    assert services.stamp_newest(at=now)
    assert queries.verify().timestamps == 2


def test_openssl_agrees_that_the_token_is_over_the_seal(sealed: None, authority: Authority, now: datetime) -> None:
    services.stamp_newest(at=now)
    stamp = SealTimestamp.objects.select_related("seal").get()
    (authority.folder / "kept.tsr").write_bytes(bytes(stamp.answer))
    authority.openssl("ts", "-verify", "-digest", stamp.seal.digest, "-in", "kept.tsr", "-CAfile", "root.pem")


def test_a_history_written_anew_does_not_fit_its_timestamp(sealed: None, authority: Authority, now: datetime) -> None:
    services.stamp_newest(at=now)
    event = Event.objects.get(subject_id="a")
    event.subject_id = "z"
    event.digest = queries.digest_of(event)
    event.save()
    previous = hashing.EMPTY_ROOT
    for seal in Seal.objects.order_by("number"):  # whoever owns the machine can compute every seal again
        seal.root = hashing.merkle_root(list(seal.events.order_by("id").values_list("digest", flat=True)))
        seal.previous = previous
        seal.digest = previous = hashing.seal_digest(seal.number, seal.count, seal.root, seal.previous)
        seal.save()
    assert queries.verify().faults == ("the timestamp of seal 2 does not fit: the token is over something else",)


def test_a_token_of_somebody_else_is_found(
    sealed: None, authority: Authority, now: datetime, tmp_path: Path, settings: Any
) -> None:
    services.stamp_newest(at=now)
    other = Authority(tmp_path / "other", "Other")
    other.close()
    settings.TIMESTAMP_CERTIFICATES = str(other.root)
    (fault,) = queries.verify().faults
    assert fault.startswith("the timestamp of seal 2 does not fit: the token does not hold")
    both = tmp_path / "both.pem"
    both.write_text(other.root.read_text() + authority.root.read_text())
    settings.TIMESTAMP_CERTIFICATES = str(both)
    assert queries.verify().faults == ()
    settings.TIMESTAMP_CERTIFICATES = ""
    assert (queries.verify().faults, queries.verify().signed) == ((), 0)
    settings.TIMESTAMP_CERTIFICATES = str(tmp_path / "none.pem")
    assert "none.pem cannot be read" in queries.verify().faults[0]


def test_bits_and_moments_that_were_changed_are_found(sealed: None, authority: Authority, now: datetime) -> None:
    services.stamp_newest(at=now)
    stamp = SealTimestamp.objects.get()
    whole = bytes(stamp.answer)
    SealTimestamp.objects.update(answer=whole[:-1] + bytes([whole[-1] ^ 1]))  # in the signature
    assert "does not hold" in queries.verify().faults[0]
    SealTimestamp.objects.update(answer=b"nothing")
    assert len(queries.verify().faults) == 1
    SealTimestamp.objects.update(answer=whole, stamped_at=stamp.stamped_at - timedelta(days=30))
    assert queries.verify().faults == ("the timestamp of seal 2 does not say what is noted beside it",)


@pytest.mark.parametrize("mode", ["broken", "nonsense", "endless", "refuse", "replay", "off", "stranger"])
def test_no_token_that_holds_is_a_line_in_the_log_and_asked_for_again(
    sealed: None, authority: Authority, now: datetime, mode: str, caplog: pytest.LogCaptureFixture, settings: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    services.stamp_newest(at=now)
    happen("c", now)
    authority.mode = mode
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/tsr" if mode == "off" else authority.url
    if mode == "stranger":
        other = Authority(tmp_path / "other", "Other")
        other.close()
        settings.TIMESTAMP_CERTIFICATES = str(other.root)
    with caplog.at_level(logging.WARNING, "fairboard.ledger"):
        tasks.call("ledger.stamp")
    assert [one.message for one in caplog.records if "has no timestamp yet" in one.message]
    assert SealTimestamp.objects.count() == 1
    happen("d", now)  # sealing does not wait for it
    assert Seal.objects.count() == 4
    authority.mode, settings.TIMESTAMP_URL = "sign", authority.url
    settings.TIMESTAMP_CERTIFICATES = str(authority.root)
    tasks.call("ledger.stamp")
    assert list(SealTimestamp.objects.order_by("seal__number").values_list("seal__number", flat=True)) == [2, 4]
    assert queries.verify().faults == ()


def test_without_an_address_nobody_is_asked(sealed: None, now: datetime) -> None:
    assert not services.stamp_newest(at=now)


def test_verify_and_the_doctor_say_how_it_stands(
    sealed: None, authority: Authority, now: datetime, settings: Any, fairboard: Run
) -> None:
    def doctor() -> dict[str, Any]:
        said = json.loads(fairboard("doctor", "--json").out)["findings"]
        return next(one for one in said if one["name"] == "timestamps")

    assert doctor()["found"] == f"{authority.url} signs, no seal has a timestamp yet"
    services.stamp_newest(at=now)
    assert "1 timestamps over seals, signed by the given authority." in fairboard("verify").out
    assert doctor()["found"].startswith(f"{authority.url} signs, seal 2 at ")
    Seal.objects.create(number=3, count=0, root="", previous="", digest="", at=datetime.now(UTC) - timedelta(hours=2))
    late = doctor()
    assert (late["well"], "have no timestamp" in late["found"]) == (False, True)
    authority.mode = "broken"
    broken = doctor()
    assert (broken["well"], "answers 500" in broken["found"]) == (False, True)
    assert "FAIRBOARD_TIMESTAMP_URL" in broken["advice"]
    settings.TIMESTAMP_CERTIFICATES = ""
    assert "their signatures were not checked" in fairboard("verify", "--no-seal").out
