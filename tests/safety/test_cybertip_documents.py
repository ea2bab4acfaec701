"""Documents of the CyberTipline: the table's order, its limits, and text of any kind; and the server to drill on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from fairboard.safety.cybertip import elements
from fairboard.safety.cybertip.answers import read_answer
from fairboard.safety.cybertip.building import Choices, FileToSend, file_details
from fairboard.safety.cybertip.client import Client
from fairboard.safety.cybertip.elements import BadDocument, BadTable, build, faults, parse, table
from tests.safety.childcase import PASSWORD, USER, tipline

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
FACTS = {
    "info": "indicator A", "incident": {"at": AT, "type": "Child Sex Trafficking"},
    "reporter": {"person": {"email": "desk@example.org", "first_name": "Desk"}},
}  # fmt: skip


def test_elements_come_in_the_tables_order_whatever_order_facts_have() -> None:
    document = build("report", FACTS, table())
    top = parse(document)
    assert [one.tag for one in top] == ["incidentSummary", "reporter", "additionalInfo"]
    assert faults(document, "report", table()) == []


@pytest.mark.parametrize("text", ["<&>\"'", "]]>", "a\x00b\x0bc", "\ud800", "👩‍👧 ünï", "x" * 5000])
def test_any_text_can_be_sent(text: str) -> None:
    facts = {**FACTS, "info": text, "incident": {**FACTS["incident"], "high_priority": text}}  # type: ignore[dict-item]
    document = build("report", facts, table())
    assert faults(document, "report", table()) == []
    kept = parse(document).findtext("additionalInfo")
    assert kept == text.replace("\x00", "�").replace("\x0b", "�").replace("\ud800", "�")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<incidentType>Child Sex Trafficking</incidentType>", ""), "incidentType is missing"),
        (("Child Sex Trafficking", "Something"), "none of the values"),
        (("2026-11-02T09:30:00+00:00", "yesterday"), "not a date and time"),
        (("<additionalInfo>", "<surprise/><additionalInfo>"), "surprise is not known"),
        (("</report>", "<reporter/></report>"), "out of order"),
        (("<report>", "<!DOCTYPE x [<!ENTITY y 'z'>]><report>"), "DOCTYPE"),
        (("</report>", ""), "not XML"),
    ],
)
def test_what_the_service_would_refuse_is_named(change: tuple[str, str], said: str) -> None:
    document = build("report", FACTS, table()).decode().replace(*change, 1).encode()
    assert any(said in fault for fault in faults(document, "report", table()))


def test_an_operator_can_correct_the_table(tmp_path: Path) -> None:
    own = tmp_path / "elements.yaml"
    packaged = elements.PACKAGED.read_text()
    own.write_text(packaged.replace("additionalInfo, key: info}\n  file", "notes, key: info}\n  file"))
    assert parse(build("report", FACTS, table(str(own))))[-1].tag == "notes"
    own.write_text("documents: {}")
    table.cache_clear()
    with pytest.raises(BadTable):
        table(str(own))


def test_a_files_document_has_its_hashes() -> None:
    choices = Choices("Child Sex Trafficking", "", "", True, False, "Market", "https://m.example.org", "A B <a@b.org>")
    one = FileToSend("photos/a", "photo-1.webp", "a" * 64, "b" * 32, 10)
    document = file_details(one, report_id="1", file_id="f", sent_at=AT.isoformat(), choices=choices, known=table())
    assert faults(document, "fileDetails", table()) == []
    found = {one.get("hashType"): one.text for one in parse(document).iterfind("originalFileHash")}
    assert found == {"MD5": "b" * 32, "SHA256": "a" * 64}
    assert parse(document).findtext("fileViewedByEsp") == "false"


NO_CODE = b"<reportResponse><responseCode>x</responseCode></reportResponse>"


@pytest.mark.parametrize("answer", [b"", b"<html/>", b"<reportResponse/>", NO_CODE])
def test_an_answer_that_is_none_is_not_taken_for_one(answer: bytes) -> None:
    with pytest.raises(BadDocument):
        read_answer(answer)


def test_the_fake_keeps_order_and_asks_for_a_password(tmp_path: Path) -> None:
    with tipline(tmp_path) as server:
        good, wrong = Client(server.url, USER, PASSWORD), Client(server.url, USER, "wrong")
        assert (good.status().code, wrong.status().code) == (0, 2000)
        assert wrong.submit(build("report", FACTS, table())).code == 2000
        assert good.submit(b"<report/>").code == 4100
        assert good.upload("1", "a", b"x").code == 5001
        opened = good.submit(build("report", FACTS, table())).report_id
        early = build("fileDetails", {"report_id": opened, "file_id": "unknown"}, table())
        assert good.fileinfo(early).code == 4100
        sent = good.upload(opened, "a.webp", b"\r\n--x\r\n\x00\xff\r")
        assert (sent.code, server.reports()[0]["files"][0]["size"]) == (0, 10)
        assert good.finish(opened).file_ids == (sent.file_id,)
        assert [good.finish(opened).code, good.upload(opened, "b", b"x").code, good.retract(opened).code] == [5102] * 3


def test_the_fake_drops_what_is_not_finished_the_later_of_a_day_and_an_hour(tmp_path: Path) -> None:
    seconds = [0.0]
    with tipline(tmp_path, clock=lambda: seconds[0]) as server:
        client = Client(server.url, USER, PASSWORD)
        opened = client.submit(build("report", FACTS, table())).report_id
        seconds[0] = 24 * 3600 - 60
        assert client.upload(opened, "a", b"x").code == 0
        seconds[0] += 3600
        assert client.upload(opened, "b", b"y").code == 0
        seconds[0] += 3601
        assert client.finish(opened).code == 5001


def test_the_fake_remembers_when_it_starts_again(tmp_path: Path) -> None:
    with tipline(tmp_path) as server:
        opened = Client(server.url, USER, PASSWORD).submit(build("report", FACTS, table())).report_id
    with tipline(tmp_path) as server:
        assert Client(server.url, USER, PASSWORD).finish(opened).code == 0
        (listed,) = requests.get(server.url, timeout=5).json()
        assert (listed["id"], listed["state"]) == (opened, "finished")
