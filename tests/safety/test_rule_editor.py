"""The rule editor as a browser without scripts uses it: rows come and go by buttons, nothing typed is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.safety.models import BackTest, Rule, RuleVersion
from fairboard.safety.services import backtests
from tests.safety.rulebook import live, tried, watching, written
from tests.safety.test_back_test import history

FORM = {
    "name": "Many numbers", "key": "many-numbers", "policy": "scam", "action": "hold", "severity": "3",
    "delay_minutes": "0", "message": "This ad has many telephone numbers.", "mode": "rows", "r.kind": "all",
    "r-0.variable": "contact.phones", "r-0.operator": "gte", "r-0.value": "3",
}  # fmt: skip
Browser = Callable[[Actor], Client]


def body(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def desk(moderator: Actor, signed_in: Browser) -> Client:
    """The browser of somebody of the desk."""
    return signed_in(moderator)


def test_a_rule_is_written_as_rows_and_shown_again(desk: Client) -> None:
    form = FORM | {
        "op": "save", "r-1.kind": "none", "r-1-0.variable": "ad.category", "r-1-0.operator": "one_of",
        "r-1-0.value": "jobs/other\r\nvehicles/cars", "r-1-4.variable": "match.refused_similarity",
        "r-1-4.operator": "between", "r-1-4.value": "0,5", "r-1-4.high": "1",
    }  # fmt: skip
    answer = desk.post("/desk/rules/new", form, follow=True)
    assert answer.redirect_chain
    kept = RuleVersion.objects.get()
    assert kept.when == (
        'contact.phones >= 3 && !(ad.category in ["jobs/other", "vehicles/cars"] || '
        "(match.refused_similarity >= 0.5 && match.refused_similarity <= 1.0))"
    )
    page = body(answer)
    for said in (
        "none of these is true",
        "jobs&#x2f;other\nvehicles&#x2f;cars",
        'name="r-1-1.high" value="1.0"',
        "This version was not",
    ):
        assert said in page, said


def test_rows_are_added_and_removed_by_buttons(desk: Client) -> None:
    page = body(desk.post("/desk/rules/new", FORM | {"op": "add:r"}))
    assert 'name="r-1.variable"' in page
    assert "Many numbers" in page
    page = body(desk.post("/desk/rules/new", FORM | {"op": "group:r"}))
    assert 'name="r-1.kind"' in page
    assert 'name="r-1-1.variable"' in page
    two = {**FORM, "r-1.variable": "text.ages", "r-1.operator": "eq", "r-1.value": "7"}
    page = body(desk.post("/desk/rules/new", two | {"op": "remove:r-0"}))
    assert 'name="r-0.value" value="7"' in page
    assert 'name="r-1.' not in page
    assert not Rule.objects.exists()


def test_another_variable_gets_an_operator_that_fits_it(desk: Client) -> None:
    page = body(desk.post("/desk/rules/new", FORM | {"r-0.variable": "ad.category", "op": "check"}))
    assert "starts with" in page
    assert "ad.category == &quot;3&quot;" in page


def test_rows_become_cel_and_cel_becomes_rows(desk: Client) -> None:
    page = body(desk.post("/desk/rules/new", FORM | {"op": "cel"}))
    assert 'name="when"' in page
    assert "contact.phones &gt;= 3</textarea>" in page
    cel = {**FORM, "mode": "cel", "when": 'contact.phones > 1 || ad.kind == "ad"'}
    page = body(desk.post("/desk/rules/new", cel | {"op": "rows"}))
    assert 'name="r-1.value" value="ad"' in page
    page = body(desk.post("/desk/rules/new", {**cel, "when": "contact.phones + 1 > 2", "op": "rows"}))
    assert "Rows cannot say this" in page
    assert "contact.phones + 1 &gt; 2</textarea>" in page


def test_a_mistake_in_cel_is_told_with_its_place_and_kept_as_a_draft_only(desk: Client) -> None:
    cel = {**FORM, "mode": "cel", "when": "contact.phones > 1 &&\r\n  contact.fones > 2"}
    page = body(desk.post("/desk/rules/new", cel | {"op": "check"}))
    assert "Line 2, column 3:" in page
    assert "Did you mean contact.phones?" in page
    page = body(desk.post("/desk/rules/new", cel | {"op": "save"}, follow=True))
    assert RuleVersion.objects.get().when == "contact.phones > 1 &&\n  contact.fones > 2"
    assert "mistake" in body(desk.get("/desk/rules"))


def test_what_is_missing_is_said_beside_its_field_and_row(desk: Client) -> None:
    answer = desk.post("/desk/rules/new", FORM | {"op": "save", "r-0.value": "many", "message": "", "severity": "9"})
    page = body(answer)
    assert answer.status_code == 422
    for said in (
        'id="r-0_error"',
        "Give a whole number.",
        "Tell the author why",
        "A severity from 1 to 5",
        'value="many"',
    ):
        assert said in page, said
    assert desk.post("/desk/rules/new", FORM | {"op": "save", "key": "disguised-contact"}).status_code == 422
    for odd in (
        {"severity": "x" * 50},
        {"r-0.variable": "no.such"},
        {"r.kind": "weird", "mode": "odd"},
        {"name": "a\0"},
    ):
        assert desk.post("/desk/rules/new", FORM | {"op": "save", "key": "odd-one"} | odd).status_code in {302, 422}


def test_a_text_is_tried(desk: Client) -> None:
    page = body(desk.post("/desk/rules/new", FORM | {"op": "try", "r-0.value": "1", "try_text": "Call 212 555 0147"}))
    assert "The rule is true of this text." in page
    assert "contact.phones = 1" in page
    page = body(desk.post("/desk/rules/new", FORM | {"op": "try", "r-0.value": "x", "try_text": "Call"}))
    assert "value: Give a whole number." in page


def test_variables_are_searched(desk: Client) -> None:
    page = body(desk.post("/desk/rules/new", FORM | {"op": "check", "sought": "crypto"}))
    start = page.index('id="variables"')
    assert "contact.cryptos" in page[start:]
    assert "contact.phones" not in page[start:]


def test_a_packaged_rule_is_copied_not_edited(desk: Client, lead: Actor, signed_in: Browser) -> None:
    page = body(desk.get("/desk/rules/new?copy=disguised-contact"))
    assert 'value="disguised-contact-2"' in page
    page = body(desk.get("/desk/rules/packaged/disguised-contact"))
    assert "Retire" not in page
    page = body(signed_in(lead).get("/desk/rules/packaged/disguised-contact"))
    assert "Retire" in page
    answer = signed_in(lead).post("/desk/rules/packaged/disguised-contact", {"life": "shadow", "reason": ""})
    assert answer.status_code == 422
    signed_in(lead).post("/desk/rules/packaged/disguised-contact", {"life": "shadow", "reason": "Too many."})
    assert "In shadow" in body(desk.get("/desk/rules?kind=packaged"))


def test_a_rule_is_tried_promoted_and_retired_on_its_page(
    desk: Client, lead: Actor, moderator: Actor, signed_in: Browser
) -> None:
    history(40, clock.now() - timedelta(days=3))
    rule = written(moderator, clock.now(), when="contact.phones >= 10")
    page = f"/desk/rules/{rule.rule_id}"
    boss = signed_in(lead)
    assert "history first" in body(boss.post(f"{page}/move", {"to": "live", "number": "1"}, follow=True))
    desk.post(f"{page}/back-test", {"act": "ask", "number": "1", "days": "30"})
    test = BackTest.objects.get()
    assert 'hx-trigger="every 1s"' in body(desk.get(f"{page}/versions/1/back-test"))
    tasks.call(backtests.TASK, test_id=test.public_id)
    shown = body(desk.get(page))
    for said in ("would be hit", "<strong>30</strong>", "chart__bar", "30 samples"):
        assert said in shown, said
    assert "Put version 1 live" not in shown
    assert "The gate runs it" in body(boss.post(f"{page}/move", {"to": "live", "number": "1"}, follow=True))
    assert Rule.objects.get().life == "live"
    assert "why this rule ends" in body(boss.post(f"{page}/move", {"to": "retired", "number": "1"}, follow=True))
    boss.post(f"{page}/move", {"to": "retired", "number": "1", "reason": "Enough of it."}, follow=True)
    assert "Enough of it." in body(desk.get(page))
    assert Rule.objects.get().life == "retired"


def test_versions_show_what_changed(desk: Client, moderator: Actor, now: datetime) -> None:
    rule = written(moderator, now)
    written(moderator, now, when="contact.phones > 77")
    page = body(desk.get(f"/desk/rules/{rule.rule_id}"))
    assert "<ins>contact.phones &gt; 77</ins>" in page
    assert desk.get(f"/desk/rules/{rule.rule_id}?version=9").status_code == 404
    assert desk.get(f"/desk/rules/{rule.rule_id}?version=1").status_code == 200


def test_the_list_is_filtered(desk: Client, moderator: Actor, lead: Actor, now: datetime) -> None:
    live(moderator, lead, now)
    watching(moderator, now, key="only-watches", policy="weapons")
    tried(written(moderator, now, key="a-draft", owner="anna"), moderator, now)
    for query, found in (
        ("life=live", "bicycles"), ("policy=weapons", "only-watches"), ("owner.contains=ann", "a-draft"),
    ):  # fmt: skip
        page = body(desk.get(f"/desk/rules?{query}"))
        assert [key for key in ("bicycles", "only-watches", "a-draft") if f"<code>{key}</code>" in page] == [found]


def test_figures_of_child_safety_rules_are_a_permission_of_their_own(
    desk: Client, lead: Actor, moderator: Actor, signed_in: Browser, now: datetime
) -> None:
    child = {"policy": "child-safety", "action": "escalate"}
    rule = live(moderator, lead, now, **child)
    page = f"/desk/rules/{rule.rule_id}"
    assert "Figures of child-safety rules" in body(desk.get(page))
    assert "Figures of child-safety rules" not in body(signed_in(lead).get(page))
