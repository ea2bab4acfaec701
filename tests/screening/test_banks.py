"""Hash lists come in and go out in the forms others use; a bad line costs only itself."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairboard.screening.banks import files, lists, ncmec, stopncii
from fairboard.screening.banks.entries import Bad, Entry, Kind, Report
from fairboard.screening.banks.ncmec import BadPage

A, B, C = "a1" * 32, "0f" * 32, "7c" * 32
MD5 = "d4" * 16
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def read(text: str, **more: Any) -> tuple[list[Entry], Report]:
    report = Report()
    return list(lists.read(io.StringIO(text), report, **more)), report


def test_a_plain_list_is_one_hash_a_line() -> None:
    entries, report = read(f"\ufeff# of the house\n{A}\n\n  {B.upper()}  # flat\n{MD5}\r\n", source="house")
    assert [(one.kind, one.value, one.source) for one in entries] == [
        (Kind.PDQ, A, "house"), (Kind.PDQ, B, "house"), (Kind.MD5, MD5, "house")
    ]  # fmt: skip
    assert (report.rows, report.bad) == (3, [])


def test_a_list_of_sha256_is_read_as_such() -> None:
    entries, _ = read(f"{A}\n{B}\n", kind=Kind.SHA256)
    assert {one.kind for one in entries} == {Kind.SHA256}


def test_a_bad_line_is_named_and_the_rest_comes_in() -> None:
    entries, report = read(f"{A}\n{A[:-1]}\n{'g' * 64}\npdq {B}\nnonsense {B}\n{{\n{C},1\n{'x' * 20_000}\n{C}\n")
    assert [one.value for one in entries] == [A, B, C, C]  # a note after a comma belongs to its hash
    assert [one.line for one in report.bad] == [2, 3, 5, 6, 8]
    reasons = {one.line: one.reason for one in report.bad}
    assert "63 characters, a pdq hash 64" in reasons[2]
    assert "not hexadecimal" in reasons[3]
    assert "'nonsense' is no known signal type" in reasons[5]
    assert "not JSON" in reasons[6]
    assert all(len(one.reason) < 200 for one in report.bad)


def test_lists_of_python_threatexchange_are_read() -> None:
    local, _ = read(f"pdq {A}\nvideo_md5 {MD5}\n")  # exchanges/impl/file_api.py
    table, report = read(
        "signal_type,signal_str,collab,category,tags\n"
        f'pdq,{A},"Sample, of signals",POSITIVE_CLASS,one two\nvideo_md5,{MD5},x,POSITIVE_CLASS,\n'
    )  # `threatexchange dataset -P --csv`
    te, _ = read(f"{A},123,2020-07-31T18:47:52+0000,tag2 tag1\n{B},77,124,mine,\n")  # simple.HASH_PDQ.te, and of HMA
    update, _ = read(
        f'{{"id":"5","indicator":"{A}","type":"HASH_PDQ","should_delete":false,"descriptors":{{"data":[{{"owner":'
        '{"id":"9"},"tags":{"data":[{"text":"x"}]},"status":"MALICIOUS","added_on":"2021-01-02T03:04:05+0000"}]}}\n'
        f'{{"id":"6","indicator":"{B}","type":"HASH_PDQ","should_delete":true}}\n'
    )
    assert [(one.kind, one.value) for one in local] == [(Kind.PDQ, A)]
    assert [(one.source, one.classification, one.labels) for one in table] == [
        ("Sample, of signals", "POSITIVE_CLASS", ("one", "two"))
    ]
    assert (report.unsupported, report.bad) == (1, [])
    assert [(one.reference, one.labels) for one in te] == [("123", ("tag1", "tag2")), ("124", ())]
    assert te[0].added == datetime(2020, 7, 31, 18, 47, 52, tzinfo=UTC)
    assert te[1].added is None
    assert [(one.reference, one.labels, one.classification, one.removed) for one in update] == [
        ("5", ("x",), "MALICIOUS", False), ("6", (), "", True)
    ]  # fmt: skip


words = st.text("abcdefghijklmnopqrstuvwxyzäß_-:", min_size=1, max_size=12)
entries_of = st.builds(
    Entry,
    st.just(Kind.PDQ), st.binary(min_size=32, max_size=32).map(bytes.hex), words, words,
    st.lists(words, max_size=3).map(lambda some: tuple(sorted(set(some)))), st.sampled_from(["", "A1", "B2"]),
    st.none() | st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)), st.booleans(),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(entries_of, max_size=8))
def test_json_lines_keep_everything(entries: list[Entry]) -> None:
    file = io.StringIO()
    assert lists.write_json(entries, file) == len(entries)
    again, report = read(file.getvalue())
    assert (again, report.bad) == (entries, [])


@settings(max_examples=40, deadline=None)
@given(st.lists(entries_of, max_size=8))
def test_other_forms_keep_what_they_can_say(entries: list[Entry]) -> None:
    live = [one for one in entries if not one.removed]
    for write in (lists.write_plain, lists.write_signals, lists.write_csv, lists.write_te):
        file = io.StringIO()
        assert write(entries, file) == len(live)
        again, report = read(file.getvalue())
        assert ([one.value for one in again], report.bad) == ([one.value for one in live], [])
        if write is lists.write_csv:
            assert [(one.source, one.labels) for one in again] == [(one.source, one.labels) for one in live]
        if write is lists.write_te:
            assert [(one.added, one.labels) for one in again] == [(one.added, one.labels) for one in live]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_line_breaks_the_reading(text: str) -> None:
    report = Report()
    list(lists.read(text.splitlines(), report))
    assert report.bad_count == len(report.bad)


@pytest.mark.scale
def test_a_long_list_needs_little_memory() -> None:
    def lines() -> Iterator[str]:
        for number in range(200_000):
            yield f"{number:064x}\n" if number % 2 else f"{number:063x}\n"

    tracemalloc.start()
    report = Report()
    count = sum(1 for _ in lists.read(lines(), report))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, report.rows, report.bad_count, len(report.bad)) == (100_000, 100_000, 100_000, 1_000)
    assert peak < 2_000_000


# NCMEC


def page(body: str, *, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<queryResult xmlns="{ncmec.NAMESPACE}">{body}</queryResult>'.encode()


IMAGE = f"""
<image><member id="42">Example</member><timestamp>2017-10-24T15:00:00Z</timestamp><id>i1</id>
<classification>A1</classification><fingerprints><md5>{MD5.upper()}</md5><sha1>{"a" * 40}</sha1><pdq>{A}</pdq>
<tmk-pdqf rel="self" href="/v2/x"/></fingerprints><feedback><affirmativeFeedback type="Md5"><members>
<member id="7">Other</member></members></affirmativeFeedback></feedback></image>"""
BODY = f"""<images count="2" maxTimestamp="2017-10-24T15:10:00Z">{IMAGE}
<deletedImage><member id="43">Two</member><id>i4</id><timestamp>2017-10-24T15:10:00Z</timestamp></deletedImage></images>
<videos maxTimestamp="2017-10-24T15:20:00Z"><video><member id="42">Example</member><id>v</id></video></videos>
<paging><next>/v2/entries?from=1&amp;start=2001</next></paging>"""


def read_page(raw: bytes | Iterator[bytes]) -> tuple[list[Entry], Report, ncmec.Page]:
    report, answer = Report(), ncmec.Page()
    return list(ncmec.read(raw, report, answer)), report, answer


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_page_of_ncmec_is_read_whole_or_in_pieces(size: int) -> None:
    raw = page(BODY)
    entries, report, answer = read_page(raw[at : at + size] for at in range(0, len(raw), size))
    assert [(one.kind, one.value, one.reference, one.classification, one.removed) for one in entries] == [
        (Kind.MD5, MD5, "42-i1", "A1", False), (Kind.PDQ, A, "42-i1", "A1", False), (None, "", "43-i4", "", True),
    ]  # fmt: skip
    assert entries[0].labels == ("affirmative-md5",)
    assert entries[0].source == "ncmec/42"
    assert (answer.next, answer.newest) == ("/v2/entries?from=1&start=2001", datetime(2017, 10, 24, 15, 20, tzinfo=UTC))
    assert (report.rows, report.unsupported, report.bad) == (3, 2, [])  # the SHA-1 and the video


def test_a_bad_record_of_ncmec_is_named_by_its_line() -> None:
    bad = IMAGE.replace(A, "zz")
    entries, report, _ = read_page(page(f"<images>\n{bad}\n{IMAGE}\n<image><id>x</id></image></images>"))
    assert len(entries) == 2
    assert [one.line for one in report.bad] == [3, 12]
    assert "2 characters" in report.bad[0].reason


LAUGHS = '<!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("raw", [
    page("<images>&b;</images>", head=LAUGHS), page("<images>&x;</images>", head=OUTSIDE),
    page("", head='<!DOCTYPE q SYSTEM "http://127.0.0.1/x.dtd">'), page("<a>" * 40 + "</a>" * 40),
    page(f"<images><image><id>{'x' * 30_000}</id></image></images>"), page("<images>")[:60], b"",
    b"\x00\xff", b"<html></html>",
    page("<images>&undefined;</images>"),
], ids=["laughs", "outside", "dtd", "deep", "long", "cut", "empty", "bytes", "html", "entity"])  # fmt: skip
def test_hostile_xml_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPage):
        read_page(raw)


@settings(max_examples=40, deadline=None)
@given(st.lists(entries_of, max_size=6), st.booleans())
def test_what_is_written_as_ncmec_s_is_read_again(entries: list[Entry], more: bool) -> None:
    numbered = [
        Entry(one.kind, one.value, one.source, f"{at}-{one.reference}", classification=one.classification, added=NOW,
              removed=one.removed)
        for at, one in enumerate(entries)
    ]  # fmt: skip
    file = io.StringIO()
    assert ncmec.write(numbered, file, newest=NOW, next_page="/v2/entries?a=1&b=<2>" if more else "") == len(entries)
    again, report, answer = read_page(file.getvalue().encode())
    assert report.bad == []
    assert answer.next == ("/v2/entries?a=1&b=<2>" if more else "")
    assert [(one.value, one.reference, one.classification, one.added) for one in again if not one.removed] == [
        (one.value, one.reference, one.classification, NOW) for one in numbered if not one.removed
    ]
    assert [one.reference for one in again if one.removed] == [one.reference for one in numbered if one.removed]


# StopNCII


def record(**more: Any) -> dict[str, Any]:
    feedback = {"source": "Host", "feedbackValue": "Blocked", "tags": ["t"]}
    return {"lastModtimestamp": 1625167804, "signalType": "ImagePDQ", "hashValue": A, "hashStatus": "Active",
            "caseNumbers": {}, "CSPFeedbacks": [feedback]} | more  # fmt: skip


def answer(*records: Any, **more: Any) -> dict[str, Any]:
    return {"count": len(records), "nextSetTimestamp": 1625175071, "nextPageToken": None, "hasMoreRecords": False,
            "hashRecords": list(records)} | more  # fmt: skip


def test_a_page_of_stopncii_is_read() -> None:
    report = Report()
    rows = [record(), record(hashValue=B, hashStatus="Withdrawn"), record(signalType="VideoMD5"), record(hashValue="x"),
            record(hashStatus="?"), 5, record(lastModtimestamp=10**30, CSPFeedbacks=None)]  # fmt: skip
    entries = list(stopncii.read(answer(*rows), report))
    assert [(one.value, one.removed, one.classification) for one in entries] == [
        (A, False, "Active"), (B, True, "Withdrawn"), (A, False, "Active")
    ]  # fmt: skip
    assert entries[0].labels == ("Host:Blocked", "t")
    assert entries[0].added == datetime.fromtimestamp(1625167804, UTC)
    assert report.unsupported == 1
    assert [one.line for one in report.bad] == [4, 5, 6]
    assert report.bad[0] == Bad(4, "'x' has 1 characters, a pdq hash 64")


@pytest.mark.parametrize("broken", [
    None, [], {}, answer(hashRecords={}), answer(nextSetTimestamp="x"), answer(hasMoreRecords=True),
    answer(nextPageToken=4),
])  # fmt: skip
def test_an_answer_that_does_not_say_where_to_go_on_is_refused(broken: Any) -> None:
    with pytest.raises(BadPage):
        stopncii.cursor(broken)


@settings(max_examples=40, deadline=None)
@given(st.lists(entries_of, max_size=6))
def test_what_is_written_as_stopncii_s_is_read_again(entries: list[Entry]) -> None:
    written = stopncii.write(entries, since=1_700_000_000, token="more")
    report = Report()
    again = list(stopncii.read(written, report))
    assert stopncii.cursor(written) == stopncii.Cursor(1_700_000_000, "more", True)
    assert ([(one.value, one.removed) for one in again], report.bad) == (
        [(one.value, one.removed) for one in entries],
        [],
    )


def test_reading_stops_only_at_a_broken_page() -> None:
    """The entries before the break are handed on; the caller knows that the page is not whole."""
    entries: list[Entry] = []
    with pytest.raises(BadPage):
        entries.extend(ncmec.read(page(BODY)[:-30], Report(), ncmec.Page()))
    assert len(entries) == 3


@pytest.mark.parametrize(("raw", "values", "bad"), [
    (f"{A}\nx\n{B}\n".encode(), [A, B], [2]), (f"\ufeff{A}".encode(), [A], []), (b"\xff\xfe\n" + A.encode(), [A], [1]),
    (f"{A}\n{'x' * 90_000}\n{B}\n".encode(), [A, B], [2]), (page(BODY), [MD5, A, ""], []),
    (json.dumps(answer(record(), record(hashValue="y"))).encode(), [A], [2]), (b"", [], []),
], ids=["plain", "marked", "bytes", "long", "ncmec", "stopncii", "empty"])  # fmt: skip
def test_the_form_of_a_file_is_seen(tmp_path: Path, raw: bytes, values: list[str], bad: list[int]) -> None:
    path, report = tmp_path / "house.txt", Report()
    path.write_bytes(raw)
    entries = list(files.read_file(path, report))
    assert [one.value for one in entries] == values
    assert [one.line for one in report.bad] == bad
    assert all(one.source.startswith("house") for one in entries)
