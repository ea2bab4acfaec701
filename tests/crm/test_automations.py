"""Automations: set off, conditioned, done step by step, stopped in a loop, refused for accounts on hold."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from fairboard.crm import automation_mail
from fairboard.crm.models import (
    AccountHold,
    Automation,
    AutomationRun,
    AutomationStep,
    AutomationVersion,
    Profile,
    Record,
    Seat,
    TimelineEntry,
)  # fmt: skip
from fairboard.crm.services import acting, automations, firing, running
from fairboard.crm.services.records import update_record
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.models import Event
from tests.crm import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(admin: Actor, now: datetime) -> Callable[..., str]:
    """Puts an automation live: ``live(trigger, steps, condition)``."""

    def put(trigger: dict[str, Any], steps: list[dict[str, Any]], condition: str = "") -> str:
        made_ = automations.create(name="A", actor=admin, at=now)
        automations.save(automation_id=made_, trigger=trigger, steps=steps, condition=condition, actor=admin, at=now)
        automations.publish(automation_id=made_, actor=admin, at=now)
        return made_

    return put


def run_all(at: datetime) -> None:
    while running.run_due(at=at):
        pass


def test_a_new_lead_goes_round_and_gets_a_task(
    live: Callable[..., str], sales: Actor, admin: Actor, now: datetime
) -> None:
    for one in (sales, admin):
        Seat.objects.create(member_id=one.id, profile=Profile.objects.get(key="manager"))
    live(
        {"kind": "created", "type": "lead"},
        [{"do": "assign"}, {"do": "task", "subject": "Call {record.last_name}", "days": 1}],
        'record.source == "web"',
    )
    system = Actor.system("form")
    leads = [made(system, now, "lead", last_name=name, source="web") for name in ("Ada", "Bob", "Cyd")]
    made(system, now, "lead", last_name="Not", source="call")
    run_all(now)
    owners = [Record.objects.get(public_id=one.id).owner_id for one in leads]
    assert owners == [sales.id, admin.id, sales.id]
    tasks = Record.objects.filter(data__subject="Call Bob")
    assert [(one.owner_id, one.data["due_on"], one.data["about"]) for one in tasks] == [
        (admin.id, (now + timedelta(days=1)).date().isoformat(), leads[1].id)
    ]
    assert Record.objects.filter(data__subject__startswith="Call").count() == 3


def test_a_field_change_is_matched_from_and_to(live: Callable[..., str], sales: Actor, now: datetime) -> None:
    live(
        {"kind": "field", "type": "deal", "field": "stage", "from": "qualify", "to": "meet"},
        [{"do": "update", "values": {"next_step": "Was {before.stage}, due {today+2}"}}],
    )
    deal = made(sales, now, "deal", name="A deal")
    for stage in ("propose", "qualify", "meet"):
        update_record(record_id=deal.id, values={"stage": stage}, actor=sales, at=now)
    run_all(now)
    assert AutomationRun.objects.count() == 1
    assert Record.objects.get(public_id=deal.id).data["next_step"] == "Was Qualify, due 2026-11-04"


def test_conditions_read_the_account_and_values_can_be_formulas(
    live: Callable[..., str], sales: Actor, now: datetime
) -> None:
    live(
        {"kind": "created", "type": "deal"},
        [{"do": "update", "values": {"amount": "=record.amount * 2.0"}},
         {"do": "update", "on": "account", "values": {"description": "{record.name}"}}],
        'account.city == "Berlin"',
    )  # fmt: skip
    berlin, bonn = (made(sales, now, "account", name=city, city=city) for city in ("Berlin", "Bonn"))
    one = made(sales, now, "deal", name="One", amount=5, account=berlin.id)
    made(sales, now, "deal", name="Two", amount=5, account=bonn.id)
    run_all(now)
    assert Record.objects.get(public_id=one.id).data["amount"] == 10
    assert Record.objects.get(public_id=berlin.id).data["description"] == "One"
    assert AutomationRun.objects.count() == 1


def test_waits_and_branches(live: Callable[..., str], sales: Actor, now: datetime) -> None:
    live(
        {"kind": "created", "type": "deal"},
        [{"do": "wait", "amount": 2, "unit": "days"},
         {"do": "branch", "condition": "record.is_closed", "then": [{"do": "stop"}],
          "else": [{"do": "update", "values": {"next_step": "open"}}]},
         {"do": "task", "subject": "After {record.name}"}],
    )  # fmt: skip
    lost, left = (made(sales, now, "deal", name=name) for name in ("Lost", "Left"))
    run_all(now)
    update_record(record_id=lost.id, values={"stage": "lost"}, actor=sales, at=now)
    run_all(now + timedelta(days=1))
    assert {one.state for one in AutomationRun.objects.all()} == {"waiting"}
    run_all(now + timedelta(days=2, minutes=1))
    assert {one.state for one in AutomationRun.objects.all()} == {"done"}
    assert Record.objects.get(public_id=left.id).data["next_step"] == "open"
    assert list(Record.objects.filter(data__subject__startswith="After").values_list("name", flat=True)) == [
        "After Left"
    ]


def test_a_kill_in_a_step_takes_nothing_twice(
    live: Callable[..., str], sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    live({"kind": "created", "type": "deal"}, [{"do": "task", "subject": "One"}, {"do": "task", "subject": "Two"}])
    made(sales, now, "deal", name="A deal")
    task = acting.ACTIONS["task"]

    def killed(work: acting.Work) -> dict[str, Any]:
        done = task(work)
        if work.step["subject"] == "Two":
            raise SystemExit
        return done

    monkeypatch.setitem(acting.ACTIONS, "task", killed)
    with pytest.raises(SystemExit):
        run_all(now)
    monkeypatch.setitem(acting.ACTIONS, "task", task)
    run_all(now)  # still claimed by the worker that died
    assert AutomationRun.objects.get().state == "running"
    run_all(now + timedelta(minutes=6))
    run_all(now + timedelta(minutes=12))
    assert sorted(Record.objects.filter(type__key="task").values_list("name", flat=True)) == ["One", "Two"]


def test_what_breaks_is_tried_again_and_what_fails_can_be_retried(
    live: Callable[..., str], sales: Actor, admin: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    live({"kind": "created", "type": "deal"}, [{"do": "assign"}])
    made(sales, now, "deal", name="A deal")
    run_all(now)
    run = AutomationRun.objects.get()
    assert (run.state, AutomationStep.objects.get().is_done) == ("failed", False)
    Seat.objects.create(member_id=admin.id, profile=Profile.objects.get(key="manager"))
    with pytest.raises(Forbidden):
        running.retry(run_id=run.public_id, actor=sales, at=now)
    running.retry(run_id=run.public_id, actor=admin, at=now)
    run_all(now)
    run.refresh_from_db()
    assert (run.state, AutomationStep.objects.get().is_done) == ("done", True)

    def broken(_work: acting.Work) -> dict[str, Any]:
        raise OSError("away")

    monkeypatch.setitem(acting.ACTIONS, "assign", broken)
    made(sales, now, "deal", name="B")
    moment = now
    for wait in (0, *running.RETRIES):
        moment += timedelta(seconds=wait + 1)
        run_all(moment)
    assert AutomationRun.objects.order_by("-pk")[0].state == "failed"


def test_automations_that_set_each_other_off_are_stopped(live: Callable[..., str], sales: Actor, now: datetime) -> None:
    steps = [{"do": "update", "values": {"amount": "=record.amount + 1.0"}}]
    live({"kind": "field", "type": "deal", "field": "amount"}, steps)
    deal = made(sales, now, "deal", name="A deal", amount=1)
    update_record(record_id=deal.id, values={"amount": 2}, actor=sales, at=now)
    run_all(now)
    last = AutomationRun.objects.order_by("-pk")[0]
    assert (last.state, last.error, last.depth) == ("stopped", "loop", 6)
    assert Record.objects.get(public_id=deal.id).data["amount"] == 8


def test_too_many_runs_for_one_record_are_stopped(live: Callable[..., str], sales: Actor, now: datetime) -> None:
    live({"kind": "changed", "type": "deal"}, [{"do": "stop"}])
    deal = made(sales, now, "deal", name="A deal")
    for amount in range(1, 31):
        update_record(record_id=deal.id, values={"amount": amount}, actor=sales, at=now)
    states = list(AutomationRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * firing.MOST_AN_HOUR + ["stopped"]


@pytest.mark.parametrize(
    "step",
    [{"do": "update", "values": {"next_step": "x"}}, {"do": "task", "subject": "x"}, {"do": "assign"},
     {"do": "notify", "subject": "x"}, {"do": "mail", "template": "x"}, {"do": "webhook", "webhook": "x"},
     {"do": "create", "type": "deal", "values": {"name": "x"}}, {"do": "count", "field": "probability"}],
)  # fmt: skip
def test_nothing_is_done_for_an_account_on_hold(
    live: Callable[..., str],
    sales: Actor,
    lead: Actor,
    now: datetime,
    step: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(automation_mail, "_offices", [])
    account = made(sales, now, "account", name="Held")
    deal = made(sales, now, "deal", name="A deal", account=account.id)
    live({"kind": "changed", "type": "deal"}, [step])
    update_record(record_id=deal.id, values={"description": "changed"}, actor=sales, at=now)
    AccountHold.objects.create(account_id=account.pk, by=lead.id, at=now)
    before = Record.objects.count()
    run_all(now)
    run = AutomationRun.objects.get()
    assert (run.state, "hold" in run.error) == ("refused", True)
    assert Event.objects.filter(kind="crm.hold.refused", subject_id=account.id).count() == 1
    assert Record.objects.count() == before


def test_dunning_reminds_on_days_1_3_7_and_14_until_paid(sales: Actor, admin: Actor, now: datetime) -> None:
    dunning = Automation.objects.get(key="dunning")
    automations.publish(automation_id=dunning.public_id, actor=admin, at=now)
    account = made(sales, now, "account", name="A")
    due = now.date()
    late, paid = (
        made(sales, now, "invoice", number=number, account=account.id, due_on=str(due), status="open", amount=5)
        for number in ("1", "2")
    )
    counted = {}
    for day in range(1, 20):
        at = (now + timedelta(days=day)).replace(hour=8, minute=1)
        firing.tick(at=at)
        firing.tick(at=at)
        run_all(at)
        counted[day] = Record.objects.get(public_id=late.id).data.get("reminders", 0)
        if day == 4:
            update_record(record_id=paid.id, values={"status": "paid"}, actor=sales, at=at)
    assert [day for day in counted if counted[day] != counted.get(day - 1, 0)] == [1, 3, 7, 14]
    assert Record.objects.get(public_id=paid.id).data["reminders"] == 2


def test_a_schedule_runs_for_every_record_that_fits(live: Callable[..., str], sales: Actor, now: datetime) -> None:
    for name, stage in (("A", "qualify"), ("B", "meet")):
        made(sales, now, "deal", name=name, stage=stage)
    live(
        {"kind": "schedule", "type": "deal", "every": "cron", "cron": "*/30 9-17 * * 1-5"}, [{"do": "stop"}],
        'record.stage == "meet"',
    )  # fmt: skip
    assert AutomationVersion.objects.get(state="live").next_at == now + timedelta(minutes=30)
    firing.tick(at=now + timedelta(minutes=31))
    firing.tick(at=now + timedelta(minutes=32))
    assert AutomationRun.objects.count() == 1


def test_an_event_of_the_market_and_a_form_set_it_off(live: Callable[..., str], sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="A")
    live({"kind": "event", "type": "account", "event": "market.ad.published"}, [{"do": "task", "subject": "Ad"}])
    live({"kind": "form", "type": "account", "of": "contact"}, [{"do": "task", "subject": "{data.wish}"}])
    firing.follow(at=now)
    TimelineEntry.objects.create(record_id=account.pk, event_id=10**6, kind="market.ad.published", at=now, text="An ad")
    for _twice in range(2):
        firing.follow(at=now)
        with transaction.atomic():
            firing.fire(kind="form", record_id=account.id, data={"of": "contact", "wish": "Call"}, at=now, key="f1")
            firing.fire(kind="form", record_id=account.id, data={"of": "other"}, at=now)
    run_all(now)
    assert sorted(Record.objects.filter(type__key="task").values_list("name", flat=True)) == ["Ad", "Call"]


def test_template_mail_goes_by_what_the_floor_above_offers(
    live: Callable[..., str], sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []

    class Office:
        def prepare(self, **given: Any) -> None:
            assert given["letter"].template == "t"

        def send(self, **given: Any) -> str:
            sent.append(given)
            return "consent"

    monkeypatch.setattr(automation_mail, "_offices", [Office()])
    live({"kind": "created", "type": "deal"}, [{"do": "mail", "template": "t"}])
    account = made(sales, now, "account", name="A")
    contact = made(sales, now, "contact", last_name="C", account=account.id)
    made(sales, now, "deal", name="A deal", account=account.id)
    run_all(now)
    assert [one["recipient_id"] for one in sent] == [contact.id]
    assert AutomationRun.objects.get().state == "done"  # who did not agree is left out, and the run goes on


def test_versions_and_what_keeps_one_from_going_live(
    live: Callable[..., str], sales: Actor, admin: Actor, now: datetime
) -> None:
    made_ = live(
        {"kind": "created", "type": "deal"},
        [{"do": "wait", "amount": 1, "unit": "days"}, {"do": "task", "subject": "x"}],
    )
    made(sales, now, "deal", name="A deal")
    run_all(now)
    automations.save(automation_id=made_, steps=[{"do": "update", "values": {"nonsense": "x"}}], condition="record.no",
                     actor=admin, at=now)  # fmt: skip
    with pytest.raises(Invalid) as found:
        automations.publish(automation_id=made_, actor=admin, at=now)
    assert [one["field"] for one in found.value.errors] == ["condition", "steps.s1.values.nonsense"]
    versions = AutomationVersion.objects.filter(automation__public_id=made_).order_by("number")
    assert [one.state for one in versions] == ["live", "draft"]
    automations.switch_off(automation_id=made_, actor=admin, at=now)
    run_all(now + timedelta(days=2))
    assert (AutomationRun.objects.get().state, AutomationRun.objects.get().error) == ("stopped", "off")
    with pytest.raises(Forbidden):
        automations.create(name="B", actor=sales, at=now)
