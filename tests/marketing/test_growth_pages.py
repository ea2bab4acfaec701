"""The pages of segments and journeys, used as one does without JavaScript."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from fairboard.crm.models import AccountHold
from fairboard.crm.services.records import update_record
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.marketing.journey_drawing import drawn
from fairboard.marketing.models import Journey, Segment
from fairboard.marketing.queries import journey_trials as trials
from fairboard.marketing.queries.campaigns import influence
from fairboard.marketing.queries.journeys import figures, journey_page
from fairboard.marketing.services import campaigns, journey_running, journeys, segments
from tests.crm import made
from tests.marketing import journeys_made as j
from tests.marketing import made as mailings
from tests.marketing.made import later

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def client(sales: Actor, signed_in: Any) -> Client:
    found: Client = signed_in(sales)
    return found


def test_a_segment_is_built_with_a_count_and_without_a_script(client: Client, sales: Actor, now: datetime) -> None:
    for name, city in (("Meier", "Bern"), ("Novak", "Rome")):
        made(sales, now, "contact", last_name=name, city=city)
    built = {"name": "In Bern", "g.0": "all", "f.0.0": "city", "o.0.0": "eq", "v.0.0": "Bern"}
    shown = client.post("/marketing/segments/new?type=contact", {**built, "do": "check"}).content.decode()
    assert '<strong class="num">1</strong>' in shown
    part = client.post("/marketing/segments/count?type=contact", built, headers={"HX-Request": "true"})
    assert '<strong class="num">1</strong>' in part.content.decode()
    saved = client.post("/marketing/segments/new?type=contact", {**built, "do": "save"})
    one = Segment.objects.get()
    assert (saved.status_code, one.size, one.tree) == (
        302,
        1,
        {"and": [{"field": "city", "op": "eq", "value": "Bern"}]},
    )
    page = client.get(f"/marketing/segments/{one.public_id}").content.decode()
    assert "Meier" in page
    assert "Novak" not in page
    bad = client.post("/marketing/segments/new?type=contact", {**built, "v.0.0": "", "do": "save"})
    assert bad.status_code == 422
    assert "In Bern" in bad.content.decode()


def test_a_condition_on_the_account_and_on_what_happened_can_be_chosen(client: Client) -> None:
    shown = client.get("/marketing/segments/new?type=contact").content.decode()
    for key in ("account.ads_live", "account.spend_90", "did_mails_30"):
        assert f'value="{key}"' in shown


def test_who_is_on_hold_is_left_out_of_an_export(client: Client, sales: Actor, now: datetime) -> None:
    held = made(sales, now, "account", name="Held")
    made(sales, now, "contact", last_name="Meier", account=held.id)
    made(sales, now, "contact", last_name="=cmd()")
    one = segments.save_segment(name="All", type_key="contact", tree=None, actor=sales, at=now)
    AccountHold.objects.create(account_id=held.pk, at=now, by="x")
    answer = client.post(f"/marketing/segments/{one}/export")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Meier" not in text
    assert "'=cmd()" in text
    refused = Event.objects.get(kind="crm.hold.refused")
    assert (refused.subject_id, refused.data["act"]) == (held.id, "segment.export")


def test_two_segments_are_compared(client: Client, sales: Actor, now: datetime) -> None:
    made(sales, now, "contact", last_name="A", city="Bern", language="de")
    made(sales, now, "contact", last_name="B", city="Bern")
    one, two = (
        segments.save_segment(
            name=key, type_key="contact", tree={"field": key, "op": "eq", "value": value}, actor=sales, at=now
        )
        for key, value in (("city", "Bern"), ("language", "de"))
    )
    shown = client.get(f"/marketing/segments/?first={one}&second={two}").content.decode()
    assert 'class="seg-a"' in shown
    assert "city only: 1. Both: 1. language only: 0." in shown


def test_a_journey_is_written_step_by_step(client: Client, sales: Actor, now: datetime) -> None:
    template = mailings.wrote_template(now)
    client.post("/marketing/journeys/", {"name": "Welcome", "type_key": "contact"})
    one = Journey.objects.get()
    at = f"/marketing/journeys/{one.public_id}"
    assert client.get(f"{at}/settings").status_code == 200
    given = {"name": "Hello", "entry": "manual", "exits": ["reply"], "topic": "news", "basis": "customer", "goal": ""}
    assert client.post(f"{at}/settings", given).status_code == 302
    client.post(f"{at}/act", {"act": "add:root@9", "kind": "mail"})
    client.post(f"{at}/steps/s1", {"template": template, "at": "09:30"})
    client.post(f"{at}/act", {"act": "add:root@9", "kind": "branch"})
    client.post(f"{at}/act", {"act": "add:s2.yes@0", "kind": "goal"})
    client.post(f"{at}/act", {"act": "add:s2.no@0", "kind": "wait"})
    wrong = client.post(f"{at}/steps/s4", {"mode": "duration", "amount": "", "unit": "days"})
    assert wrong.status_code == 422
    client.post(f"{at}/steps/s4", {"mode": "duration", "amount": "3", "unit": "days"})
    client.post(f"{at}/act", {"act": "up:s2"})
    one.refresh_from_db()
    assert [step["key"] for step in one.draft["steps"]] == ["s2", "s1"]
    assert one.draft["steps"][1]["minute"] == 570
    assert one.draft["steps"][0]["no"][0]["amount"] == 3
    shown = client.get(at).content.decode()
    assert "Hello" in shown
    assert "3 days" in shown
    assert '<svg width="' in shown
    client.post(f"{at}/act", {"act": "live"})
    one.refresh_from_db()
    assert one.state == "draft"  # sales may write, not send
    client.post(f"{at}/act", {"act": "remove:s2"})
    one.refresh_from_db()
    assert [step["key"] for step in one.draft["steps"]] == ["s1"]


def test_a_dry_run_says_what_would_happen_and_when(sales: Actor) -> None:
    anna = j.contact(MONDAY, "Anna", time_zone="Europe/Berlin")
    steps = [
        j.mail("s1", MONDAY),
        j.wait("s2", 2),
        j.step("branch", "s3", ask="opened", yes=[], no=[j.mail("s4", MONDAY)]),
    ]
    one = j.live(MONDAY, steps, quiet_from=20 * 60, quiet_to=8 * 60)
    evening = MONDAY.replace(hour=20)

    def tried(**more: Any) -> list[tuple[str, str, str, int]]:
        found = trials.dry_run(journey_id=one, record_id=anna.id, actor=sales, at=evening, **more)
        return [(one.step["key"], one.outcome, one.why, one.at.day) for one in found]

    assert tried() == [("s1", "sent", "", 3), ("s2", "done", "", 5), ("s3", "no", "", 5), ("s4", "sent", "", 5)]
    assert [row[1] for row in tried(opens=True)] == ["sent", "done", "yes"]
    journeys.save_settings(journey_id=one, name="X", given={"basis": "consent"}, actor=sales, at=MONDAY)
    assert tried()[0][1:3] == ("skipped", "consent")


def test_figures_and_the_way_of_one(client: Client, sales: Actor, now: datetime) -> None:
    anna, ben = j.contact(now, "Anna", city="Bern"), j.contact(now, "Ben")
    steps = [j.step("branch", "s1", ask="condition", condition='contact.city == "Bern"', yes=[j.step("goal", "s2")],
                    no=[j.wait("s3")])]  # fmt: skip
    one = j.live(now, steps)
    j.add(one, now, anna, ben)
    journey_running.tick(at=now)
    found = figures(Journey.objects.get().pk)
    assert {key: (row.entered, row.waiting, row.done, row.goal) for key, row in found.items()} == {
        "s1": (2, 0, 2, 0), "s2": (1, 0, 0, 1), "s3": (1, 1, 0, 0),
    }  # fmt: skip
    assert journey_page(journey_id=one, actor=sales).ends == {"goal": 1, "waiting": 1}
    people = client.get(f"/marketing/journeys/{one}/people?step=s3&state=waiting").content.decode()
    assert "Ben" in people
    assert "Anna" not in people
    way = client.get(f"/marketing/journeys/{one}/people/{j.run(anna).public_id}").content.decode()
    assert "Reached the goal" in way


def test_a_picture_has_a_box_a_step_and_none_over_another() -> None:
    steps = [
        j.step("branch", "s1", yes=[j.step("branch", "s2", yes=[j.wait("s3")], no=[])], no=[j.wait("s4")]),
        j.wait("s5"),
    ]
    picture = drawn(steps, lambda step: (str(step["kind"]), ""), {"s4": 7})
    assert [box.key for box in picture.boxes] == ["", "s1", "s2", "s3", "s4", "s5"]
    boxes = [(box.x, box.y) for box in picture.boxes]
    for at, (x, y) in enumerate(boxes):
        assert x >= 0
        assert x + 196 <= picture.width
        assert all(abs(x - a) >= 196 or abs(y - b) >= 58 for b_at, (a, b) in enumerate(boxes) if b_at != at)


def test_a_campaign_shows_who_responded_and_what_it_won(sales: Actor, now: datetime) -> None:
    first, last = made(sales, now, "campaign", name="First"), made(sales, now, "campaign", name="Last")
    account = made(sales, now, "account", name="Wheels")
    anna = made(sales, now, "contact", last_name="Anna", account=account.id)
    made(sales, now, "campaign_member", campaign=first.id, contact=anna.id, status="sent")
    made(sales, later(now, minutes=5), "campaign_member", campaign=last.id, contact=anna.id, status="responded")
    deal = made(sales, later(now, days=1), "deal", name="Big", account=account.id, amount=1000, stage="qualify")
    update_record(actor=sales, record_id=deal.id, values={"stage": "won"}, at=later(now, days=1))
    found = influence(campaign_id=first.id, actor=sales)
    assert (found.members["sent"], found.first, found.last, found.any) == (1, 1000.0, 0.0, 1000.0)
    assert influence(campaign_id=last.id, actor=sales).last == 1000.0
    assert [one.touch for one in found.deals] == ["first"]
    assert campaigns.follow(at=now) == 0
