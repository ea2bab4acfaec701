"""Automations in the console and over the API: edited without a script, tried out on the past, watched."""

from datetime import datetime

import pytest

from fairboard.crm.models import Automation, AutomationRun, AutomationVersion, Record
from fairboard.crm.services import automations, rehearsing, running
from fairboard.crm.services.records import update_record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from tests.api.client import Caller
from tests.crm import made
from tests.people import client_of

pytestmark = pytest.mark.django_db


def test_an_automation_is_made_with_buttons_alone(admin: Actor, sales: Actor, now: datetime) -> None:
    browser = client_of(admin)
    edit = browser.post("/crm/automations/", {"name": "Follow up"})["Location"]
    form = {"name": "Follow up", "trigger.kind": "field", "trigger.type": "deal"}
    assert browser.post(edit, {**form, "op": "save"}).status_code == 302
    page = browser.get(edit).content.decode()
    assert 'name="trigger.from"' in page
    form |= {"trigger.field": "stage", "trigger.to": "won", "condition": "record.amount > 5.0"}
    browser.post(edit, {**form, "op": "add:", "act.root": "branch"})
    browser.post(edit, {**form, "op": "add:", "act.root": "update"})
    browser.post(edit, {**form, "op": "add:s1.then", "act.s1.then": "task"})
    browser.post(edit, {**form, "op": "up:s2"})
    form |= {
        "s2.v0.field": "next_step", "s2.v0.value": "Thank {record.name}", "s1.condition": "record.amount > 10.0",
        "s3.subject": "Call", "s3.days": "2", "s3.priority": "high",
    }  # fmt: skip
    assert browser.post(edit, {**form, "op": "live"}).status_code == 302
    version = AutomationVersion.objects.get(state="live")
    assert [one["do"] for one in version.steps] == ["update", "branch"]
    assert version.steps[1]["then"][0]["subject"] == "Call"
    deal = made(sales, now, "deal", name="A deal", amount=20, pipeline="renewal")
    update_record(record_id=deal.id, values={"stage": "won"}, actor=sales, at=now)
    running.run_due(at=now)
    assert Record.objects.get(public_id=deal.id).data["next_step"] == "Thank A deal"
    run = AutomationRun.objects.get()
    assert b"Thank" not in browser.get(f"/crm/automation-runs/{run.public_id}/").content
    assert b"A deal" in browser.get(edit.replace("edit/", "")).content


def test_what_was_typed_stays_when_it_cannot_go_live(admin: Actor) -> None:
    browser = client_of(admin)
    edit = browser.post("/crm/automations/", {"name": "Wrong"})["Location"]
    form = {"name": "Wrong", "trigger.kind": "created", "trigger.type": "deal", "condition": "record.nothing > 1"}
    answer = browser.post(edit, {**form, "op": "live"})
    assert answer.status_code == 422
    assert "record.nothing &gt; 1" in answer.content.decode()
    assert browser.post(edit, {**form, "condition": "", "trigger.days": "x", "op": "save"}).status_code == 422


def test_a_dry_run_says_what_would_have_been_done_and_writes_nothing(admin: Actor, sales: Actor, now: datetime) -> None:
    deal = made(sales, now, "deal", name="A deal", amount=5)
    for amount in (50, 7):
        update_record(record_id=deal.id, values={"amount": amount}, actor=sales, at=now)
    update_record(record_id=deal.id, values={"name": "Later"}, actor=sales, at=now)
    robot = automations.create(name="R", actor=admin, at=now)
    automations.save(
        automation_id=robot, trigger={"kind": "field", "type": "deal", "field": "amount"},
        condition="record.amount > 10.0 && before.amount == 5.0",
        steps=[{"do": "update", "values": {"next_step": "{record.name} had {before.amount}"}}, {"do": "stop"}],
        actor=admin, at=now,
    )  # fmt: skip
    events = Event.objects.count()
    found = rehearsing.dry_run(automation_id=robot, actor=admin, at=now)
    assert [one.verdict for one in found] == ["no", "run"]
    assert found[1].acts[0].startswith("Change fields: Next step = A deal had")
    assert Event.objects.count() == events
    assert Record.objects.get(public_id=deal.id).data["amount"] == 7
    page = client_of(admin).get(f"/crm/automations/{robot}/rehearsal/")
    assert "Would run" in page.content.decode()


def test_automations_over_the_api(admin: Actor, sales: Actor) -> None:
    caller, at = Caller(admin), clock.now()
    body = {
        "name": "Over the API", "trigger": {"kind": "created", "type": "deal"},
        "steps": [{"do": "task", "subject": "Call"}],
    }  # fmt: skip
    new = caller.post("/crm/automations", body).json()
    path = f"/crm/automations/{new['id']}"
    assert (new["live"], new["draft"], new["versions"][0]["errors"]) == (0, 1, [])
    assert caller.post(f"{path}/live").json()["live"] == 1
    made(sales, at, "deal", name="A deal")
    running.run_due(at=clock.now())
    (run,) = caller.get(f"{path}/runs").json()["items"]
    shown = caller.get(f"/crm/runs/{run['id']}").json()
    assert (shown["state"], shown["steps"][0]["act"]) == ("done", "task")
    assert caller.post(f"/crm/runs/{run['id']}/retry").status_code == 409
    assert caller.delete(path).status_code == 409
    assert caller.post(f"{path}/off").json()["live"] == 0
    assert caller.patch(path, {"steps": [{"do": "dance"}]}).status_code == 422
    assert caller.delete(path).status_code == 204
    assert Caller(sales).get("/crm/automations").status_code == 403


def test_packaged_automations_are_drafts_that_could_go_live(admin: Actor) -> None:
    for one in Automation.objects.exclude(key=""):
        automations.publish(automation_id=one.public_id, actor=admin, at=clock.now())
    assert set(Automation.objects.values_list("key", flat=True)) == {"new_lead", "dunning", "stuck_deal"}
