"""`fairboard screen`: one verdict a line, whatever the line."""

import json

from fairboard.screening.cli_io import screen_lines

GOOD = {
    "id": 7,
    "title": "Bicycle",
    "body": "Call 212-555-0147",
    "category": "vehicles/bicycles",
    "place": "New York, USA",
}


def answers(*lines: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in screen_lines(lines)]


def test_an_answer_has_every_part() -> None:
    (answer,) = answers(json.dumps(GOOD))
    assert set(answer) == {
        "id", "verdict", "reasons", "contacts", "ages", "prices", "indicators", "obfuscation", "languages",
        "normalized",
    }  # fmt: skip
    assert answer["id"] == 7
    contact = answer["contacts"][0]  # type: ignore[index]
    assert {"kind", "value", "raw", "span"} <= set(contact)
    assert contact["value"] == "+12125550147"
    assert contact["span"] == {"field": "body", "start": 5, "end": 17}


def test_a_damaged_line_is_named_and_the_rest_goes_on() -> None:
    found = answers("{broken", "[1]", "", json.dumps(GOOD), '{"id": null, "title": 5, "body": ["x"]}')
    assert ["error" in answer for answer in found] == [True, True, False, False]
    assert found[0]["line"] == 1


def test_the_country_of_the_place_decides_how_a_number_is_read() -> None:
    berlin = {**GOOD, "body": "Tel. 030 23125 123", "place": "de/berlin"}
    (answer,) = answers(json.dumps(berlin))
    assert [one["value"] for one in answer["contacts"]] == ["+493023125123"]  # type: ignore[attr-defined]


def test_lone_surrogates_do_not_stop_the_run() -> None:
    assert len(answers('{"id": 1, "title": "\\ud800", "body": "x"}', json.dumps(GOOD))) == 2
