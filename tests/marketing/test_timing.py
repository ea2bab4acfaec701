"""When a mail goes out: at a time of day where the recipient is, never in their quiet hours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairboard.marketing import timing
from tests.marketing.made import got, later, rows, run, started

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", datetime(2026, 11, 3, 8, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 2, 14, 0, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 11, 3, 0, 0, tzinfo=UTC)),
        ("", datetime(2026, 11, 3, 9, 0, tzinfo=UTC)),
        ("Mars/Base", datetime(2026, 11, 3, 9, 0, tzinfo=UTC)),
        ("../../etc/passwd", datetime(2026, 11, 3, 9, 0, tzinfo=UTC)),
    ],
)
def test_nine_in_the_morning_is_nine_where_they_are(zone: str, expected: datetime) -> None:
    assert timing.due(NOON, zone, local_minute=540, quiet_from=None, quiet_to=None) == expected


def test_quiet_hours_go_over_midnight() -> None:
    evening = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
    quiet = {"local_minute": None, "quiet_from": 21 * 60, "quiet_to": 8 * 60}
    assert timing.due(evening, "UTC", **quiet) == datetime(2026, 11, 3, 8, 0, tzinfo=UTC)  # type: ignore[arg-type]
    assert timing.due(evening, "Pacific/Auckland", **quiet) == evening  # type: ignore[arg-type]
    assert timing.due(NOON, "UTC", **quiet) == NOON  # type: ignore[arg-type]


def test_an_hour_that_does_not_exist_is_not_lost() -> None:
    before = datetime(2026, 3, 29, 0, 10, tzinfo=UTC)  # clocks go from 2 to 3 in Berlin at 1 UTC
    found = timing.due(before, "Europe/Berlin", local_minute=150, quiet_from=None, quiet_to=None)
    assert before <= found <= later(before, hours=2)


def test_a_mail_that_was_late_still_waits_for_the_end_of_the_quiet_hours(sink: Path) -> None:
    people = [{**row, "zone": zone} for row, zone in zip(rows(2), ["UTC", "America/New_York"], strict=True)]
    started(NOON, people, quiet_from=20 * 60, quiet_to=7 * 60)
    evening = NOON.replace(hour=21)  # quiet in UTC, four in the afternoon in New York
    run(evening)
    assert [to for to, _sender, _raw in got(sink)] == ["reader1@example.org"]
    run(later(evening, hours=9))
    assert len(got(sink)) == 1
    run(later(evening, hours=10, minutes=1))
    assert len(got(sink)) == 2
