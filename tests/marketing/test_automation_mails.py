"""A template an automation sends: past the desk, to who agreed, once for a step, again for another run."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fairboard.crm.models import AutomationRun, AutomationStep
from fairboard.crm.services import automations, running
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.marketing.models import AutomationMailing, Delivery, Mailing
from fairboard.marketing.services import templates
from fairboard.marketing.services.templates import TextDraft
from tests.crm import made
from tests.marketing import made as mails


def live(admin: Actor, at: datetime, template: str, **more: Any) -> str:
    """An automation that writes to the contact of each new deal."""
    one = automations.create(name="Welcome", actor=admin, at=at)
    step = {"do": "mail", "template": template, "topic": "news", **more}
    automations.save(
        automation_id=one, trigger={"kind": "created", "type": "deal"}, steps=[step], actor=admin, at=at
    )  # fmt: skip
    automations.publish(automation_id=one, actor=admin, at=at)
    return one


def go(at: datetime) -> None:
    """Every run that is due, and the mails."""
    while running.run_due(at=at):
        pass
    mails.run(at)


@pytest.fixture
def company(sink: Path, sales: Actor) -> dict[str, Any]:
    """A contact who agreed to news and one who did not."""
    at = clock.now()
    mails.agreed(["anna@example.org"], at)
    found = {}
    for name in ("anna", "ben"):
        account = made(sales, at, "account", name=name.title())
        found[name] = made(sales, at, "contact", last_name=name, email=f"{name}@example.org", account=account.id)
    return found


def test_who_agreed_gets_it_once_a_run_and_who_did_not_is_named(
    company: dict[str, Any], sink: Path, sales: Actor, admin: Actor
) -> None:
    at = clock.now()
    live(admin, at, mails.wrote_template(at))
    for name in ("anna", "ben"):
        made(sales, at, "deal", name=f"Deal of {name}", contact=company[name].id)
    for _again in range(2):  # a second look finds nothing to do
        go(at)
    assert [to for to, _sender, _raw in mails.got(sink)] == ["anna@example.org"]
    outputs = AutomationStep.objects.values_list("output", flat=True)
    assert sorted(one.get("left_out", "") for one in outputs) == ["", "consent"]
    made(sales, at, "deal", name="Another", contact=company["anna"].id)
    while running.run_due(at=at):
        pass
    mails.run(mails.later(at, minutes=1))
    assert [to for to, _sender, _raw in mails.got(sink)] == ["anna@example.org"] * 2
    assert AutomationMailing.objects.count() == 2
    assert {one.state for one in AutomationRun.objects.all()} == {"done"}


def test_nothing_is_sent_that_the_desk_has_not_passed(
    company: dict[str, Any], sink: Path, sales: Actor, admin: Actor
) -> None:
    at = clock.now()
    hidden = [{"type": "text", "text": "Call two one two, five five five, zero one four seven."}]
    live(admin, at, mails.wrote_template(at, hidden))
    assert Mailing.objects.get().state == "in_review"
    made(sales, at, "deal", name="A deal", contact=company["anna"].id)
    go(at)
    assert not Delivery.objects.exists()
    assert "desk" in AutomationRun.objects.get().error


def test_a_changed_template_is_looked_at_anew(company: dict[str, Any], sink: Path, sales: Actor, admin: Actor) -> None:
    at = clock.now()
    template = mails.wrote_template(at)
    live(admin, at, template)
    templates.save_text(
        template_id=template, draft=TextDraft("en", "Other news", "", mails.BLOCKS), actor=admin, at=at
    )  # fmt: skip
    made(sales, at, "deal", name="A deal", contact=company["anna"].id)
    go(at)
    assert [one.version for one in AutomationMailing.objects.order_by("pk")] == [2, 3]
    assert b"Other news" in mails.got(sink)[0][2]
