"""A journey takes people through its steps: when, by which branch, and out of it when they answer or are on hold."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from fairboard.crm.models import AccountHold, Record
from fairboard.crm.services.records import create_record, update_record
from fairboard.kit.problems import Invalid
from fairboard.ledger.models import Event
from fairboard.marketing import tokens
from fairboard.marketing.models import Delivery, JourneyRun, JourneyStay, Mailing
from fairboard.marketing.services import feedback, journey_running, journeys, segments
from tests.marketing import journeys_made as j
from tests.marketing.made import OPERATOR, agreed, got, later

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def addresses(folder: Path) -> list[str]:
    return sorted(to for to, _sender, _raw in got(folder))


def test_mail_wait_mail_and_the_end(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY), j.wait("s2", 2), j.mail("s3", MONDAY, "Again")])
    assert j.add(one, MONDAY, anna) == 1
    assert j.add(one, MONDAY, anna) == 0
    j.go(MONDAY)
    assert addresses(sink) == ["anna@example.org"]
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in got(sink)[0][2]
    assert j.run(anna).step == "s2"
    j.go(later(MONDAY, days=1))
    assert len(got(sink)) == 1
    j.go(later(MONDAY, days=2, minutes=5))
    assert len(got(sink)) == 2
    assert (j.run(anna).state, j.run(anna).reason) == ("done", "sent")
    assert dict(JourneyStay.objects.values_list("step", "outcome")) == {"s1": "sent", "s2": "done", "s3": "sent"}
    assert j.add(one, later(MONDAY, days=3), anna) == 0  # once a person


def test_people_come_again_after_so_many_days_and_get_the_mail_again(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY)], reentry_days=30)
    j.add(one, MONDAY, anna)
    j.go(MONDAY)
    assert j.add(one, later(MONDAY, days=29), anna) == 0
    assert j.add(one, later(MONDAY, days=30), anna) == 1
    j.go(later(MONDAY, days=30))
    assert addresses(sink) == ["anna@example.org"] * 2
    assert j.run(anna).round == 1


def test_a_branch_asks_for_values_and_for_what_became_of_the_mail(sink: Path) -> None:
    anna, ben = j.contact(MONDAY, "Anna", city="Bern"), j.contact(MONDAY, "Ben", city="Rome")
    by_city = j.step(
        "branch", "s3", ask="condition", condition='contact.city == "Bern"', yes=[j.step("goal", "s4")], no=[]
    )
    steps = [j.mail("s1", MONDAY), j.wait("s2"), by_city, j.step("branch", "s5", ask="opened", yes=[], no=[
        j.step("update", "s6", field="description", value="did not open")])]  # fmt: skip
    one = j.live(MONDAY, steps)
    j.add(one, MONDAY, anna, ben)
    j.go(MONDAY)
    cleo = j.contact(MONDAY, "Cleo")
    j.add(one, MONDAY, cleo)
    j.go(later(MONDAY, minutes=10))
    opened = Delivery.objects.get(address="cleo@example.org")
    feedback.opened(token=tokens.delivery_token(tokens.OPEN, opened.pk), at=MONDAY)
    j.go(later(MONDAY, days=1, minutes=20))
    assert j.run(anna).state == "goal"
    assert (j.run(ben).state, j.run(cleo).state) == ("done", "done")
    assert Record.objects.get(pk=ben.pk).data["description"] == "did not open"
    assert "description" not in Record.objects.get(pk=cleo.pk).data
    assert dict(JourneyStay.objects.filter(step="s5").values_list("run__record__name", "outcome")) == {
        "Ben": "no", "Cleo": "yes",
    }  # fmt: skip


def test_who_answers_leaves_at_once(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY), j.wait("s2", 7), j.mail("s3", MONDAY)])
    j.add(one, MONDAY, anna)
    j.go(MONDAY)
    create_record(
        actor=OPERATOR, type_key="mail", at=later(MONDAY, hours=1),
        values={"subject": "Re: News", "about": [anna.id], "direction": "in"},
    )  # fmt: skip
    assert j.run(anna).is_nudged
    j.go(later(MONDAY, hours=1))
    assert (j.run(anna).state, j.run(anna).reason) == ("exited", "replied")
    j.go(later(MONDAY, days=8))
    assert len(got(sink)) == 1


def test_who_unsubscribes_leaves_before_the_next_mail(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    agreed(["anna@example.org"], MONDAY)
    one = j.live(MONDAY, [j.mail("s1", MONDAY), j.wait("s2"), j.mail("s3", MONDAY)], basis="consent")
    j.add(one, MONDAY, anna)
    j.go(MONDAY)
    sent = Delivery.objects.get()
    feedback.unsubscribe(delivery=sent.pk, source="link", proof={}, actor=OPERATOR, at=MONDAY)
    j.go(later(MONDAY, days=1, minutes=5))
    assert (j.run(anna).state, j.run(anna).reason) == ("exited", "unsubscribed")
    assert len(got(sink)) == 1


def test_who_never_agreed_gets_no_mail_and_goes_on(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY), j.step("task", "s2", subject="Call", days=1)], basis="consent")
    j.add(one, MONDAY, anna)
    j.go(MONDAY)
    assert got(sink) == []
    assert JourneyStay.objects.get(step="s1").detail == "consent"
    task = Record.objects.get(data__subject="Call")
    assert task.data["about"] == anna.id
    assert task.data["due_on"] == "2026-11-03"


def test_an_account_on_hold_leaves_and_the_try_is_on_the_ledger(sink: Path) -> None:
    account = create_record(
        actor=OPERATOR, type_key="account", values={"name": "Wheels"}, at=MONDAY, record_type="person"
    )
    anna, ben = j.contact(MONDAY, "Anna", account=account.id), j.contact(MONDAY, "Ben")
    one = j.live(MONDAY, [j.mail("s1", MONDAY)])
    j.add(one, MONDAY, anna, ben)
    AccountHold.objects.create(account_id=account.pk, at=MONDAY, by="x")
    j.go(MONDAY)
    assert addresses(sink) == ["ben@example.org"]
    assert (j.run(anna).state, j.run(anna).reason) == ("exited", "hold")
    refused = Event.objects.filter(kind="crm.hold.refused", subject_id=account.id)
    assert [event.data["act"] for event in refused] == ["journey.step"]


def test_quiet_hours_are_kept_where_the_person_is(sink: Path) -> None:
    evening = MONDAY.replace(hour=21)
    tokyo, new_york = (
        j.contact(evening, "Tokyo", time_zone="Asia/Tokyo"), j.contact(evening, "York", time_zone="America/New_York")
    )  # fmt: skip
    one = j.live(evening, [j.mail("s1", evening)], quiet_from=21 * 60, quiet_to=8 * 60)
    j.add(one, evening, tokyo, new_york)
    j.go(evening)
    assert addresses(sink) == ["york@example.org"]
    j.go(later(evening, hours=2, minutes=5))
    assert addresses(sink) == ["tokyo@example.org", "york@example.org"]


def test_an_address_at_its_cap_is_tried_on_later_days(sink: Path, settings: pytest.MonkeyPatch) -> None:
    settings.MAILING_CAP, settings.MAILING_CAP_DAYS = 1, 3  # type: ignore[attr-defined]
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY), j.mail("s2", MONDAY, "Second")])
    j.add(one, MONDAY, anna)
    j.go(MONDAY)
    j.go(later(MONDAY, days=1, minutes=5))
    assert len(got(sink)) == 1
    for day in (2, 3, 4):
        j.go(later(MONDAY, days=day, minutes=30))
    assert len(got(sink)) == 2


def test_a_segment_lets_people_in_and_leaving_it_takes_them_off(sink: Path) -> None:
    segment = segments.save_segment(
        name="Bern", type_key="contact", tree={"field": "city", "op": "eq", "value": "Bern"}, actor=OPERATOR, at=MONDAY
    )
    early = j.contact(MONDAY, "Early", city="Bern")
    j.live(
        MONDAY, [j.wait("s1", 5), j.mail("s2", MONDAY)], entry={"kind": "segment", "segment": segment},
        exits=["segment"],
    )  # fmt: skip
    anna = j.contact(MONDAY, "Anna", city="Bern")
    ben = j.contact(MONDAY, "Ben", city="Rome")
    journey_running.tick(at=MONDAY)
    assert j.run(anna).step == "s1"
    assert not JourneyRun.objects.filter(record_id__in=[early.pk, ben.pk]).exists()
    update_record(actor=OPERATOR, record_id=anna.id, values={"city": "Rome"}, at=later(MONDAY, days=1))
    journey_running.tick(at=later(MONDAY, days=1))
    assert (j.run(anna).state, j.run(anna).reason) == ("exited", "segment")


def test_a_changed_field_lets_people_in_and_the_goal_takes_them_out(sink: Path) -> None:
    lead = create_record(actor=OPERATOR, type_key="lead", values={"last_name": "Lee", "status": "new"}, at=MONDAY)
    j.live(
        MONDAY, [j.wait("s1", 30)], type_key="lead", entry={"kind": "field", "field": "status", "value": "working"},
        goal='contact.status == "converted"',
    )  # fmt: skip
    update_record(actor=OPERATOR, record_id=lead.id, values={"rating": "hot"}, at=MONDAY)
    assert not JourneyRun.objects.exists()
    update_record(actor=OPERATOR, record_id=lead.id, values={"status": "working"}, at=MONDAY)
    journey_running.tick(at=MONDAY)
    assert j.run(lead).step == "s1"
    update_record(actor=OPERATOR, record_id=lead.id, values={"status": "converted"}, at=later(MONDAY, days=1))
    journey_running.tick(at=later(MONDAY, days=1))
    assert j.run(lead).state == "goal"


def test_who_is_on_a_version_stays_on_it(sink: Path) -> None:
    anna, ben = j.contact(MONDAY, "Anna"), j.contact(MONDAY, "Ben")
    one = j.live(MONDAY, [j.wait("s1"), j.mail("s2", MONDAY, "First")])
    j.add(one, MONDAY, anna)
    journeys.add_step(journey_id=one, kind="task", where="root", place=0, actor=OPERATOR, at=MONDAY)
    with pytest.raises(Invalid):
        journeys.put_live(journey_id=one, actor=OPERATOR, at=MONDAY)
    journeys.change_step(journey_id=one, key="s3", given={"subject": "Greet"}, actor=OPERATOR, at=MONDAY)
    assert journeys.put_live(journey_id=one, actor=OPERATOR, at=MONDAY).is_live
    j.add(one, MONDAY, ben)
    journey_running.tick(at=MONDAY)
    assert (j.run(anna).version.number, j.run(ben).version.number) == (1, 2)
    assert list(Record.objects.filter(data__subject="Greet").values_list("data__about", flat=True)) == [ben.id]
    j.go(later(MONDAY, days=1, minutes=5))
    assert addresses(sink) == ["anna@example.org", "ben@example.org"]


def test_paused_nobody_moves_and_ended_everybody_is_off(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY)])
    j.add(one, MONDAY, anna)
    journey_running.tick(at=MONDAY)
    journeys.pause(journey_id=one, actor=OPERATOR, at=MONDAY)
    j.go(later(MONDAY, hours=1))
    assert got(sink) == []
    journeys.resume(journey_id=one, actor=OPERATOR, at=later(MONDAY, hours=2))
    j.go(later(MONDAY, hours=2))
    assert len(got(sink)) == 1
    ben = j.contact(MONDAY, "Ben")
    j.add(one, later(MONDAY, hours=3), ben)
    journey_running.tick(at=later(MONDAY, hours=3))
    journeys.end(journey_id=one, actor=OPERATOR, at=later(MONDAY, hours=3))
    j.go(later(MONDAY, hours=4))
    assert len(got(sink)) == 1
    assert (j.run(ben).state, j.run(ben).reason) == ("exited", "ended")


def test_a_mail_the_desk_refuses_is_not_sent(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.mail("s1", MONDAY)])
    Mailing.objects.update(state="refused")
    j.add(one, MONDAY, anna)
    j.go(MONDAY)
    assert got(sink) == []
    assert j.run(anna).state == "waiting"


def test_a_step_that_cannot_be_taken_is_tried_three_times(sink: Path) -> None:
    lead = create_record(actor=OPERATOR, type_key="lead", values={"last_name": "Lee"}, at=MONDAY)
    one = j.live(MONDAY, [j.step("update", "s1", field="email", value="no address")], type_key="lead")
    j.add(one, MONDAY, lead)
    for hours in range(4):
        journey_running.tick(at=later(MONDAY, hours=hours, minutes=hours))
    assert j.run(lead).state == "failed"
    assert j.run(lead).tries == 3
    assert JourneyStay.objects.get().outcome == "failed"


def test_waits_end_where_the_person_is(sink: Path) -> None:
    berlin = j.contact(MONDAY, "Berlin", time_zone="Europe/Berlin")
    friday = j.step("wait", "s1", mode="weekday", weekdays=[4], minute=9 * 60)
    one = j.live(MONDAY, [friday, j.step("end", "s2")])
    j.add(one, MONDAY, berlin)
    journey_running.tick(at=MONDAY)
    assert j.run(berlin).due_at == datetime(2026, 11, 6, 8, 0, tzinfo=UTC)


def test_members_of_a_campaign_are_made_once(sink: Path) -> None:
    campaign = create_record(actor=OPERATOR, type_key="campaign", values={"name": "Autumn"}, at=MONDAY)
    anna = j.contact(MONDAY, "Anna")
    steps = [
        j.step("campaign", "s1", campaign=campaign.id, status="invited"),
        j.step("campaign", "s2", campaign=campaign.id, status="responded"),
    ]
    one = j.live(MONDAY, steps)
    j.add(one, MONDAY, anna)
    journey_running.tick(at=MONDAY)
    member = Record.objects.get(data__campaign=campaign.id)
    assert member.data["status"] == "responded"
    assert member.data["responded_on"] == "2026-11-02"


def test_two_who_take_a_step_at_once_take_it_once(sink: Path) -> None:
    anna = j.contact(MONDAY, "Anna")
    one = j.live(MONDAY, [j.step("task", "s1", subject="Call", days=1)])
    j.add(one, MONDAY, anna)
    run = j.run(anna)
    for _worker in range(2):  # both saw the same turn
        with transaction.atomic():
            journey_running._turn(run.pk, run.turn, MONDAY)
    assert Record.objects.filter(data__subject="Call").count() == 1
