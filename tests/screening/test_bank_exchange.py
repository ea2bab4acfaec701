"""Fetching lists, asking banks that live elsewhere, and putting floods aside."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import requests

from fairboard.screening.banks import fetch
from fairboard.screening.banks.entries import Entry, Kind
from fairboard.screening.banks.fetch import Checkpoint, ExchangeFailed, NcmecExchange, StopNciiExchange
from fairboard.screening.banks.matches import BankMatch
from fairboard.screening.banks.matching import BankMatcher, ListMatcher
from fairboard.screening.banks.ncmec import BadPage
from fairboard.screening.banks.quarantine import Limits, PutAside, Quarantine
from fairboard.screening.banks.remote import RemoteMatcher
from fairboard.screening.photos import pdq
from fairboard.screening.photos.bank import PhotoBank
from fairboard.screening.photos.fingerprint import Fingerprint
from tests.screening import pictures
from tests.screening.test_banks import A, B, answer, page, record

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SECRET = "k3y-that-must-not-show"


class Answer:
    """What a server sends."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.status_code, self._body = status, body

    def iter_content(self, size: int) -> Any:
        return (self._body[at : at + size] for at in range(0, len(self._body), size))

    def json(self) -> Any:
        return json.loads(self._body)


class Server:
    """A session that answers from a list and keeps what it was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, dict[str, Any]]]()
        self.headers = {"x-functions-key": SECRET}

    def get(self, url: str, /, **more: Any) -> Answer:
        self.asked.append((url, more))
        assert more["allow_redirects"] is False
        one = self.answers.pop(0)
        if isinstance(one, Exception):
            raise one
        return one


def images(name: str, following: str = "") -> Answer:
    image = (
        f'<image><member id="4">M</member><timestamp>2020-01-01T00:00:00Z</timestamp><id>{name}</id>'
        f"<fingerprints><pdq>{A}</pdq></fingerprints></image>"
    )
    paging = f"<paging><next>{following}</next></paging>" if following else ""
    return Answer(page(f'<images maxTimestamp="2020-01-01T00:00:00Z">{image}</images>{paging}'))


def quiet(_: float) -> None:
    """Does not wait."""


def test_ncmec_is_fetched_page_by_page_and_goes_on_where_it_was_broken_off() -> None:
    second, third = "/v2/entries?start=2", "/v2/entries?start=3"
    server = Server(images("a", second), images("b", third), requests.ConnectionError(SECRET), *[Answer(b"", 503)] * 3)
    exchange, batches = NcmecExchange("https://host.example/hashsharing/", server, quiet), list[fetch.Batch]()
    with pytest.raises(ExchangeFailed) as failed:
        batches.extend(exchange.fetch(Checkpoint(since=1_600_000_000), at=NOW))
    got = [one.reference for batch in batches for one in batch.entries]
    kept = Checkpoint.from_json(batches[-1].checkpoint.to_json())
    assert SECRET not in str(failed.value)
    assert SECRET not in repr(failed.value.__cause__)
    assert got == ["4-a", "4-b"]
    assert (kept.since, kept.cursor) == (1_600_000_000, third)
    assert server.asked[0][0] == "https://host.example/hashsharing/v2/entries"
    assert server.asked[0][1]["params"] == {"from": "2020-09-13T12:26:40Z", "to": "2026-11-02T09:29:55Z"}
    again = Server(images("c"))
    later = NOW + timedelta(hours=1)
    last = list(NcmecExchange("https://host.example/hashsharing", again, quiet).fetch(kept, at=later))
    assert again.asked[0][0] == f"https://host.example/hashsharing{third}"
    assert [one.reference for batch in last for one in batch.entries] == ["4-c"]
    assert last[-1].checkpoint == Checkpoint(since=int(NOW.timestamp()) - 5)  # not of the later fetch


def test_an_old_cursor_is_not_used() -> None:
    old = Checkpoint(5, 9, "/v2/entries?start=2", int((NOW - timedelta(hours=13)).timestamp()))
    server = Server(images("a"))
    list(NcmecExchange("https://host.example/x", server, quiet).fetch(old, at=NOW))
    assert server.asked[0][0].endswith("/v2/entries")


@pytest.mark.parametrize(
    "following", ["//evil.example/v2/entries?", "https://evil.example/", "@evil.example/", "/v2/other?x"]
)
def test_a_next_page_elsewhere_is_refused(following: str) -> None:
    server = Server(images("a", following))
    with pytest.raises(BadPage):
        list(NcmecExchange("https://host.example/x", server, quiet).fetch(Checkpoint(), at=NOW))
    assert len(server.asked) == 1


def test_pages_that_go_round_are_left() -> None:
    following = "/v2/entries?start=2"
    server = Server(*[images("a", following)] * 5)
    with pytest.raises(BadPage):
        list(NcmecExchange("https://host.example/x", server, quiet).fetch(Checkpoint(), at=NOW))
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_what_trying_again_does_not_mend_is_told_at_once(status: int) -> None:
    server = Server(Answer(b"", status))
    with pytest.raises(ExchangeFailed, match=str(status)):
        list(NcmecExchange("https://host.example/x", server, quiet).fetch(Checkpoint(), at=NOW))


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST_PAGE", 1_000)
    with pytest.raises(ExchangeFailed, match="more than"):
        list(NcmecExchange("https://host.example/x", Server(Answer(b"x" * 2_000)), quiet).fetch(Checkpoint(), at=NOW))


def test_stopncii_is_fetched_until_nothing_more_comes() -> None:
    first = answer(record(), nextPageToken="two", hasMoreRecords=True)
    last = answer(record(hashValue=B, hashStatus="Deleted"), nextSetTimestamp=1_700_000_000)
    server = Server(Answer(json.dumps(first).encode()), Answer(b"", 429), Answer(json.dumps(last).encode()))
    batches = list(StopNciiExchange(server, wait=quiet).fetch(Checkpoint(), at=NOW))
    assert [(one.value, one.removed) for batch in batches for one in batch.entries] == [(A, False), (B, True)]
    assert batches[0].checkpoint.cursor == "two"
    assert batches[1].checkpoint == Checkpoint(since=1_700_000_000)
    assert server.asked[2][1]["params"]["nextPageToken"] == "two"
    assert all(SECRET not in url + str(more["params"]) for url, more in server.asked)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"[" * 100_000])
def test_an_answer_that_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(BadPage):
        list(StopNciiExchange(Server(Answer(body)), wait=quiet).fetch(Checkpoint(), at=NOW))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cursor": 5}'])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Checkpoint.from_json(text)


# Matching


def photo(kind: str = "shapes", turned: bool = False) -> Fingerprint:
    picture = pictures.picture(kind, 640, 480)
    if turned:
        picture = picture.transpose(0)
    forms = pdq.dihedral(picture)
    return Fingerprint("5" * 64, "6" * 32, forms[0].hex, forms[0].quality, 640, 480, tuple(one.hex for one in forms))


FLAT = Fingerprint("5" * 64, "6" * 32, "0" * 64, 49, 640, 480)


def test_a_mirrored_photo_is_met_and_said_to_be_mirrored(tmp_path: Any) -> None:
    entry = Entry(Kind.PDQ, photo().pdq, "house", "e1", ("x",))
    match = ListMatcher("house", [entry]).match([photo(turned=True), photo("noise")])
    assert [(one.entry, one.variant, one.labels) for one in match[0]] == [("e1", "flip_y", ("x",))]
    assert match[1] == []
    bank = PhotoBank(tmp_path)
    bank.add([(8, bytes.fromhex(photo().pdq))])
    assert [(one.entry, one.variant) for one in BankMatcher("b", bank).match([photo(turned=True)])[0]] == [
        ("8", "flip_y")
    ]


def test_a_photo_of_low_quality_is_matched_by_its_bytes_only(tmp_path: Any) -> None:
    flat = [Entry(Kind.PDQ, "0" * 64, reference="flat"), Entry(Kind.MD5, "6" * 32, reference="same bytes")]
    assert [one.entry for one in ListMatcher("l", flat).match([FLAT])[0]] == ["same bytes"]
    bank = PhotoBank(tmp_path)
    bank.add([(1, bytes(32))])

    class Table:
        def known(self, kind: Kind, values: Any) -> dict[str, str]:
            return {"5" * 64: "9"} if kind == Kind.SHA256 else {}

    assert [one.entry for one in BankMatcher("b", bank, Table()).match([FLAT])[0]] == ["9"]


def test_removed_entries_take_out_what_came_before() -> None:
    rows = [
        Entry(Kind.PDQ, A, reference="1"), Entry(Kind.MD5, "6" * 32, reference="1"), Entry(Kind.PDQ, B, reference="2"),
        Entry(None, "", reference="1", removed=True), Entry(Kind.PDQ, B, removed=True),
    ]  # fmt: skip
    assert len(ListMatcher("l", rows[:3])) == 3
    assert len(ListMatcher("l", rows)) == 0


def test_a_list_in_memory_and_a_bank_agree(tmp_path: Any) -> None:
    near = bytearray(bytes.fromhex(photo().pdq))
    near[0] ^= 0xFF
    hashes = np.frombuffer(bytes(near) + np.random.default_rng(1).bytes(32 * 500), np.uint8).reshape(-1, 32)
    bank = PhotoBank(tmp_path)
    bank.replace(hashes, np.arange(len(hashes), dtype=np.uint64))
    rows = [Entry(Kind.PDQ, row.tobytes().hex(), reference=str(at)) for at, row in enumerate(hashes)]
    assert ListMatcher("x", rows).match([photo()]) == BankMatcher("x", bank).match([photo()])


def test_a_bank_elsewhere_gets_nothing_but_the_hash() -> None:
    found = {"BANK": [{"bank_content_id": 16, "distance": 4}, {"bank_content_id": 17, "distance": 60}]}
    server = Server(Answer(json.dumps(found).encode()))
    matches = RemoteMatcher("far", "https://far.example/", server).match([photo(), FLAT])
    assert [(one.bank, one.entry, one.distance) for one in matches[0]] == [("far", "BANK/16", 4)]
    assert list(matches[1]) == []
    assert [(url, more["params"]) for url, more in server.asked] == [
        ("https://far.example/m/lookup", {"signal_type": "pdq", "signal": photo().pdq})
    ]


@pytest.mark.parametrize("reply", [
    Answer(b"", 500), Answer(b"no", 200), Answer(b"[]"), Answer(b'{"B": [5]}'), Answer(b'{"B": [{}]}'),
    requests.Timeout(SECRET),
])  # fmt: skip
def test_a_bank_elsewhere_that_fails_is_no_bank_without_matches(reply: Answer | Exception) -> None:
    with pytest.raises(ExchangeFailed) as failed:
        RemoteMatcher("far", "https://far.example", Server(reply)).match([photo()])
    assert SECRET not in str(failed.value)


# Floods


def met(entry: str, bank: str = "b") -> BankMatch:
    return BankMatch(bank, entry, Kind.PDQ, A, 3)


def test_an_entry_that_matches_everything_is_put_aside_and_the_others_go_on() -> None:
    guard, aside = Quarantine(Limits(entry=3, bank=100)), []
    for number in range(6):
        admitted = guard.admit(f"ad {number}", [met("flat"), met(f"own {number}")], at=NOW + timedelta(minutes=number))
        aside += admitted.put_aside
        assert met(f"own {number}") in admitted.acting
        assert (met("flat") in admitted.acting) == (number < 3)
        assert set(admitted.acting) | set(admitted.aside) == {met("flat"), met(f"own {number}")}
    assert [(one.bank, one.entry, one.subjects) for one in aside] == [("b", "flat", 4)]
    guard.release("b", "flat")
    assert guard.admit("ad 9", [met("flat")], at=NOW + timedelta(minutes=9)).acting == (met("flat"),)


def test_a_bank_that_matches_everything_is_put_aside() -> None:
    guard = Quarantine(Limits(entry=50, bank=5))
    admitted = [guard.admit(f"ad {number}", [met(f"{number}")], at=NOW) for number in range(8)]
    assert [bool(one.acting) for one in admitted] == [True] * 5 + [False] * 3
    assert guard.admit("ad x", [met("1", "other")], at=NOW).acting


def test_one_subject_counts_once_and_old_ones_not_at_all() -> None:
    guard = Quarantine(Limits(entry=2, window=timedelta(hours=1)))
    for _ in range(9):
        assert guard.admit("same ad", [met("e")], at=NOW).acting
    for hour in range(9):
        assert guard.admit(f"ad {hour}", [met("e")], at=NOW + timedelta(hours=2 * hour)).acting


def test_what_was_put_aside_before_stays_aside() -> None:
    guard = Quarantine(held=[PutAside("b", "flat", NOW, 90)])
    assert guard.admit("ad", [met("flat")], at=NOW).aside == (met("flat"),)
    assert guard.held == (PutAside("b", "flat", NOW, 90),)
