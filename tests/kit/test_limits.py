"""Rate limits: counted for each key and window, with the wait said to the second."""

from datetime import datetime, timedelta

import pytest

from fairboard.kit import clock, limits, tasks
from fairboard.kit.models import RateWindow
from fairboard.kit.problems import TooMany

MINUTE = timedelta(minutes=1)


def use(times: int, at: datetime, key: str = "post:anna") -> None:
    for _ in range(times):
        limits.check(key, limit=3, per_seconds=60, at=at)


def test_as_many_as_allowed_pass_and_no_more(db: None, now: datetime) -> None:
    use(3, now)
    with pytest.raises(TooMany) as caught:
        use(1, now + timedelta(seconds=25))
    assert caught.value.extra["retry_after"] == 35
    assert "35 seconds" in caught.value.detail


def test_the_next_window_begins_anew(db: None, now: datetime) -> None:
    use(3, now)
    use(3, now + MINUTE)


def test_one_members_use_is_not_anothers(db: None, now: datetime) -> None:
    use(3, now)
    use(3, now, key="post:bert")


def test_a_long_key_is_still_counted(db: None, now: datetime) -> None:
    with pytest.raises(TooMany):
        use(4, now, key="k" * 300)


def test_the_sweep_forgets_only_what_is_long_over(db: None) -> None:
    present = clock.now()
    use(1, present, key="new")
    use(1, present - timedelta(days=3), key="old")
    tasks.call("kit.sweep")
    assert list(RateWindow.objects.values_list("key", flat=True)) == ["new"]
