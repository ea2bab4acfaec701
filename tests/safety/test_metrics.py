"""The desk's figures: right on small cases done by hand, and silent about what one may not know."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.market.services.posting import Submitted, submit
from fairboard.safety.estimates import quantile, wilson
from fairboard.safety.gate import open_case
from fairboard.safety.models import Case, PrevalenceSample, Submission
from fairboard.safety.queries.metrics import metrics, next_sample, prevalence
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.samples import draw, judge
from tests.market.drafts import bicycle
from tests.people import client_of


def held(seller: Actor, at: datetime, number: int) -> Submitted:
    """An ad the gate holds for a number in disguise."""
    body = f"Good condition {number}. Call five five five, two one two, nine zero three four."
    return submit(actor=seller, draft=bicycle(title=f"Blue bicycle {number}", body=body), at=at)


def decided(ad: Submitted, outcome: str, actor: Actor, at: datetime) -> None:
    case = open_case(
        submission=Submission.objects.get(subject_id=ad.ad_id), queue="screening", severity=2, policy="contact", at=at
    )
    decide(
        case_id=case.public_id, outcome=outcome, policy="contact", reason_text="Numbers do not belong here.",
        actor=actor, at=at,
    )  # fmt: skip


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Values of R: prop.test(2, 50, correct = FALSE)
    share = wilson(2, 50)
    assert share.value == 0.04
    assert (round(share.low or 0, 4), round(share.high or 0, 4)) == (0.0110, 0.1346)
    assert wilson(0, 0).value is None
    assert wilson(0, 10).low == 0.0


def test_quantiles_are_values_that_were_seen() -> None:
    assert quantile([], 0.5) is None
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile(list(range(1, 11)), 0.9) == 9


def test_queue_ages(seller: Actor, moderator: Actor, now: datetime) -> None:
    for hours in (100, 10, 1):
        held(seller, now - timedelta(hours=hours), hours)
    (queue,) = metrics(actor=moderator, at=now).queues
    assert (queue.queue, queue.open, queue.late, queue.p50, queue.p90) == ("screening", 3, 1, 10.0, 100.0)


def test_speed_overturns_precision_and_time_to_action(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    ads = [held(seller, now - timedelta(hours=4), number) for number in range(4)]
    start = now.replace(minute=0)
    for number, outcome in enumerate(("reject", "reject", "allow")):
        decided(ads[number], outcome, moderator, start + timedelta(minutes=number))
    decided(ads[3], "reject", lead, start + timedelta(minutes=90))
    decided(ads[0], "allow", lead, start + timedelta(minutes=95))
    later = start + timedelta(hours=3)
    mine = metrics(actor=moderator, at=later)
    assert [(one.name, one.decisions, one.hours, one.an_hour) for one in mine.speeds] == [
        ("Mod", 3, 1, 3.0), ("", 5, 2, 2.5),
    ]  # fmt: skip
    assert {one.name for one in metrics(actor=lead, at=later).speeds} == {"Mod", "Lea", ""}
    (overturned,) = mine.overturned
    assert (overturned.is_automatic, overturned.share.part, overturned.share.whole) == (False, 1, 3)
    (precision,) = (one for one in mine.precisions if one.rule == "disguised-contact")
    assert (precision.share.part, precision.share.whole) == (2, 4)
    (action,) = mine.actions
    assert (action.queue, action.in_time.part) == ("screening", 5)
    assert sum(count for _day, count in mine.by_day) == 5


def test_nothing_of_a_childs_case_shows_without_that_permission(
    seller: Actor, moderator: Actor, admin: Actor, lead: Actor, now: datetime
) -> None:
    ad, waiting = held(seller, now, 1), held(seller, now, 2)
    decided(ad, "reject", lead, now)
    Case.objects.update(is_child=True, queue="child")
    assert Case.objects.filter(state="open").get().subject_id == waiting.ad_id
    for actor in (moderator, admin):
        found = metrics(actor=actor, at=now + timedelta(hours=1))
        assert (found.queues, found.actions, found.overturned, found.precisions) == ((), (), (), ())
        assert [one.decisions for one in found.speeds] == [0]
    seen = metrics(actor=lead, at=now + timedelta(hours=1))
    assert [one.queue for one in seen.queues] == ["child"]
    assert seen.overturned[0].share.whole == 1


def test_members_see_no_figures(seller: Actor, now: datetime) -> None:
    with pytest.raises(Forbidden):
        metrics(actor=seller, at=now)
    with pytest.raises(Forbidden):
        next_sample(actor=seller)


def test_samples_are_drawn_once_a_day_from_what_is_live(seller: Actor, now: datetime) -> None:
    live = [submit(actor=seller, draft=bicycle(title=f"Bicycle {number}"), at=now).ad_id for number in range(3)]
    held(seller, now, 9)
    tasks.call("safety.draw_samples")
    tasks.call("safety.draw_samples")
    assert set(PrevalenceSample.objects.values_list("submission__subject_id", flat=True)) == set(live)
    assert PrevalenceSample.objects.count() == 3


def test_samples_are_judged_once_and_not_by_their_author(
    live_ad: Any, seller: Actor, moderator: Actor, admin: Actor, now: datetime
) -> None:
    own = submit(actor=moderator, draft=bicycle(title="Green bicycle"), at=now)
    draw(kind="ad", subject_ids=[own.ad_id, live_ad.ad_id], at=now)
    sample = next_sample(actor=moderator)
    assert sample is not None
    assert sample.subject_id == live_ad.ad_id
    mine = PrevalenceSample.objects.get(submission__author_id=moderator.id).public_id
    with pytest.raises(NotFound):
        judge(sample_id=mine, finding="fine", policy="", actor=moderator, at=now)
    with pytest.raises(Invalid):
        judge(sample_id=sample.id, finding="breaks", policy="", actor=moderator, at=now)
    judge(sample_id=sample.id, finding="breaks", policy="scam", actor=moderator, at=now)
    with pytest.raises(Conflict):
        judge(sample_id=sample.id, finding="fine", policy="", actor=admin, at=now)
    assert Case.objects.get(subject_id=live_ad.ad_id).policy == "scam"
    judge(sample_id=mine, finding="fine", policy="", actor=admin, at=now)
    share = prevalence(actor=moderator, at=now)
    assert (share.part, share.whole) == (1, 2)
    assert prevalence(actor=moderator, at=now + timedelta(days=31)).whole == 0


def test_the_pages_show_the_figures_as_pictures_and_as_tables(
    live_ad: Any, seller: Actor, moderator: Actor, now: datetime
) -> None:
    decided(held(seller, now, 1), "reject", moderator, now)
    draw(kind="ad", subject_ids=[live_ad.ad_id], at=now)
    client = client_of(moderator)
    page = client.get("/desk/metrics").content.decode()
    assert 'class="chart__bar"' in page
    assert "style=" not in page
    assert "Red city bicycle" in client.get("/desk/samples").content.decode()
    assert client.post("/desk/samples", {"sample": "x", "finding": "fine"}).status_code == 404
    sample = PrevalenceSample.objects.get().public_id
    assert client.post("/desk/samples", {"sample": sample, "finding": "breaks"}).status_code == 422
    assert client.post("/desk/samples", {"sample": sample, "finding": "fine"}).status_code == 302
    assert "No samples wait" in client.get("/desk/samples").content.decode()
