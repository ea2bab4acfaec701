"""A back-test counts exactly what a version would have hit, once each, however often it is killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from fairboard.kit import bulk, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Conflict
from fairboard.market.services.posting import submit
from fairboard.safety.models import BackTest, Case, Decision, Rule, Submission
from fairboard.safety.queries.backtests import back_test, latest, wilson
from fairboard.safety.services import backtests
from fairboard.safety.services.deciding import decide
from tests.market.drafts import bicycle
from tests.safety.rulebook import live, tried, written

REFUSAL = {"outcome": "reject", "policy": "scam", "reason_text": "This is not how we sell bicycles here."}


def history(count: int, at: datetime, **changes: Any) -> list[Submission]:
    """So many submissions, the n-th with n telephone numbers."""
    from django.db import transaction

    rows = [
        Submission(
            public_id=new_id(), kind="ad", subject_id=new_id(), revision=1, author_id="x", category="jobs/other",
            fields={"title": f"Ad {number}", "body": "Text."}, verdict="allow", submitted_at=at,
            features={"contact": {"phones": number}, "ad": {"category": "jobs/other"}},
        )
        for number in range(count)
    ]  # fmt: skip
    for row in rows:
        for name, value in changes.items():
            setattr(row, name, value)
    with transaction.atomic():
        bulk.insert(rows)
    return rows


def test_counts_are_exact(moderator: Actor, lead: Actor, now: datetime) -> None:
    rows = history(20, now - timedelta(days=1))
    history(5, now - timedelta(days=200))
    history(3, now - timedelta(days=2), features={})
    history(2, now - timedelta(days=2), verdict="reject")
    old = live(moderator, lead, now, when="contact.phones >= 17")
    for row, outcome in ((rows[10], "reject"), (rows[11], "reject"), (rows[12], "allow")):
        Decision.objects.create(submission=row, outcome=outcome, at=now)
    Decision.objects.create(submission=rows[13], outcome="reject", is_automatic=True, at=now)
    rule = written(moderator, now, when="contact.phones >= 1 && contact.phones != 19")
    row = back_test(test_id=tried(rule, moderator, now), actor=lead)
    assert (row.state, row.seen, row.total, row.unknown) == ("done", 25, 25, 3)
    assert row.hits == 18 + 1
    assert row.states == {"allowed": 14, "held": 0, "refused": 2, "upheld": 2, "overturned": 1}
    assert (row.against, row.added, row.dropped) == (old.number, 17, 1)
    assert row.precision == pytest.approx(2 / 3)
    assert row.categories == (("jobs/other", 19),)
    assert row.days == (
        ((now - timedelta(days=2)).date().isoformat(), 1),
        ((now - timedelta(days=1)).date().isoformat(), 18),
    )
    assert len(row.samples) == 19


def test_samples_are_at_most_fifty_and_the_same_each_time(moderator: Actor, now: datetime) -> None:
    history(130, now - timedelta(days=1))
    rule = written(moderator, now, when="contact.phones > 5")
    found = [back_test(test_id=tried(rule, moderator, now), actor=moderator).samples for _turn in range(2)]
    assert len(found[0]) == 50
    assert found[0] == found[1]


def test_child_safety_is_neither_counted_nor_shown_to_others(
    moderator: Actor, lead: Actor, seller: Actor, now: datetime
) -> None:
    for title in ("One", "Two"):
        submit(actor=seller, draft=bicycle(title=f"{title} bicycle"), at=now)
    first = Submission.objects.order_by("pk")[0]
    Case.objects.create(
        kind="ad", subject_id=first.subject_id, submission=first, queue="child", severity=5, opened_at=now,
        due_at=now, is_child=True,
    )  # fmt: skip
    test = tried(written(moderator, now), moderator, now + timedelta(minutes=1))
    seen = {actor.name: back_test(test_id=test, actor=actor) for actor in (moderator, lead)}
    assert [(seen[name].hits, len(seen[name].samples)) for name in ("Mod", "Lea")] == [(1, 1), (2, 2)]
    child = written(moderator, now, key="child", policy="child-safety", action="escalate")
    test = tried(child, moderator, now + timedelta(minutes=1))
    hidden, shown = back_test(test_id=test, actor=moderator), back_test(test_id=test, actor=lead)
    assert (hidden.hits, hidden.samples, hidden.days, hidden.is_hidden) == (0, (), (), True)
    assert shown.hits == 2


def test_decisions_of_people_give_the_precision(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    rule = live(moderator, lead, now)
    for number in range(4):
        submit(actor=seller, draft=bicycle(title=f"Bicycle number {number}"), at=now)
    for case in Case.objects.order_by("pk")[:3]:
        decide(case_id=case.public_id, actor=moderator, at=now, **REFUSAL)  # type: ignore[arg-type]
    row = back_test(test_id=tried(rule, moderator, now + timedelta(minutes=1)), actor=moderator)
    assert (row.hits, row.states["upheld"], row.states["held"], row.precision) == (4, 3, 1, 1.0)
    low, high = wilson(3, 3)
    assert row.interval == (low, high)
    assert 0.4 < low < 0.5 < high == 1.0


def test_a_test_is_stopped_and_goes_on_where_it_was(
    moderator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "BATCH", 10)
    history(35, now - timedelta(days=1))
    rule = written(moderator, now, when="contact.phones >= 0")
    test = backtests.ask(rule_id=rule.rule_id, number=1, actor=moderator, at=now, in_background=False)
    assert backtests.ask(rule_id=rule.rule_id, number=1, actor=moderator, at=now) == test
    assert backtests.advance(test_id=test, at=now, seconds=0.000001)
    seen = back_test(test_id=test, actor=moderator).seen
    assert 0 < seen < 35
    backtests.stop(test_id=test, actor=moderator, at=now)
    assert not backtests.advance(test_id=test, at=now, seconds=5)
    assert back_test(test_id=test, actor=moderator).seen == seen
    backtests.resume(test_id=test, actor=moderator, at=now)
    tasks.call(backtests.TASK, test_id=test)
    tasks.call(backtests.TASK, test_id=test)
    row = back_test(test_id=test, actor=moderator)
    assert (row.state, row.seen, row.hits) == ("done", 35, 35)
    with pytest.raises(Conflict):
        backtests.stop(test_id=test, actor=moderator, at=now)
    assert latest(rule_id=rule.rule_id, number=1, actor=moderator) == row


def test_two_workers_on_one_test_count_each_once(
    moderator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "BATCH", 10)
    history(30, now - timedelta(days=1))
    rule = written(moderator, now, when="contact.phones >= 0")
    test = backtests.ask(rule_id=rule.rule_id, number=1, actor=moderator, at=now, in_background=False)
    backtests.advance(test_id=test, at=now, seconds=0.000001)
    slow = BackTest.objects.select_related("version__rule").get(public_id=test)
    ready = backtests.ruleset.ready(slow.version, "x")
    backtests.advance(test_id=test, at=now, seconds=0.000001)
    assert not backtests._step(slow, ready, None, now)
    while backtests.advance(test_id=test, at=now, seconds=5):
        pass
    assert back_test(test_id=test, actor=moderator).hits == 30


def test_an_abandoned_test_is_taken_up(moderator: Actor, now: datetime) -> None:
    history(3, now - timedelta(days=1))
    rule = written(moderator, now, when="contact.phones >= 0")
    test = backtests.ask(rule_id=rule.rule_id, number=1, actor=moderator, at=now, in_background=False)
    assert backtests.abandoned(at=now + timedelta(minutes=1)) == []
    assert backtests.abandoned(at=now + timedelta(minutes=3)) == [test]
    assert backtests.abandoned(at=now + timedelta(minutes=3)) == []


KILLED = """
from fairboard.kit import startup
startup.start()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {name!r}
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
import time
from fairboard.kit import clock
from fairboard.safety.services import backtests
backtests.BATCH = 20
step = backtests._step
def slowly(*given):
    found = step(*given)
    print("step", flush=True)
    time.sleep(0.2)
    return found
backtests._step = slowly
backtests.advance(test_id={test!r}, at=clock.now(), seconds=60)
"""


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
def test_a_killed_test_counts_each_once(now: datetime) -> None:
    from tests.people import make_member

    author = make_member("mod", role="safety")
    history(200, now - timedelta(days=1))
    rule = written(author, now, when="contact.phones >= 0")
    test = backtests.ask(rule_id=rule.rule_id, number=1, actor=author, at=now, in_background=False)
    script = KILLED.format(name=settings.DATABASES["default"]["NAME"], test=test)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=dict(os.environ), text=True)
    assert process.stdout is not None
    for _turn in range(3):
        assert process.stdout.readline() == "step\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    seen = back_test(test_id=test, actor=author).seen
    assert 0 < seen < 200
    while backtests.advance(test_id=test, at=now, seconds=5):
        pass
    row = back_test(test_id=test, actor=author)
    assert (row.state, row.seen, row.hits, row.states["allowed"]) == ("done", 200, 200, 200)
    assert Rule.objects.get().life == "draft"
