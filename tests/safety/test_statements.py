"""Statements of reasons: in the shape of the Transparency Database, without personal data, told to the author."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.market.services.posting import submit
from fairboard.people.services.members import set_language
from fairboard.safety import statements
from fairboard.safety.models import Case, Decision
from fairboard.safety.queries.decisions import all_statements, decision_view, statement_batch
from fairboard.safety.schemas_statements import checked
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.undoing import undo
from fairboard.safety.statement_table import FILINGS, KEYWORDS, filing
from fairboard.screening import policies
from tests.api.client import Caller
from tests.market.drafts import hidden_number, prohibited
from tests.people import client_of

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MEASURES = ("remove", "restrict", "demonetise", "suspend", "close", "hold_account")


def facts(**changes: Any) -> statements.Facts:
    values: dict[str, Any] = {
        "puid": "0123456789abcdef", "policy": "contact", "actions": ["remove"], "at": AT, "submitted_at": AT,
        "reason_text": "It tells of contact details.", "category": "vehicles/bicycles",
        "terms_url": "https://market.example.org/rules",
    }  # fmt: skip
    return statements.Facts(**{**values, **changes})


def test_every_policy_of_the_packs_is_in_the_table() -> None:
    assert set(policies()) <= set(FILINGS)
    for filed in FILINGS.values():
        assert set(filed.keywords) <= set(KEYWORDS[filed.category])


@pytest.mark.parametrize("policy", [*sorted(FILINGS), "a-rule-of-the-operator"])
@pytest.mark.parametrize("action", MEASURES)
def test_the_statement_of_each_policy_and_measure_is_valid(policy: str, action: str) -> None:
    until = AT + timedelta(days=7) if action == "suspend" else None
    built = statements.build(facts(policy=policy, actions=[action], until=until, has_photos=True))
    assert checked(built) == built
    assert built["category"] == filing(policy).category
    if action == "suspend":
        assert built["end_date_account_restriction"] == "2026-11-09"


@pytest.mark.parametrize(
    "change",
    [
        {"puid": "with spaces"}, {"category": "STATEMENT_CATEGORY_MADE_UP"}, {"territorial_scope": ["US"]},
        {"territorial_scope": []}, {"category_specification": ["KEYWORD_PHISHING"]}, {"decision_visibility": None},
        {"incompatible_content_explanation": None}, {"decision_facts": ""}, {"automated_decision": "No"},
        {"content_date": "1999-12-31"}, {"name": "unknown field"},
        {"decision_account": "DECISION_ACCOUNT_SUSPENDED", "end_date_account_restriction": "2026-11-01"},
    ],
)  # fmt: skip
def test_what_breaks_the_rules_of_the_database_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=".+"):
        checked({**statements.build(facts()), **change})


@pytest.mark.parametrize(
    "written",
    [
        "He wrote call +49 30 901820 or mail sam@example.org in it.",
        "The number is five five five, two one two, nine zero three four.",
        "Visit https://example.net/sam and write to Sam Seller there.",
    ],
)
def test_a_statement_holds_no_contact_and_no_name(written: str) -> None:
    built = statements.build(
        facts(reason_text=written, names=["Sam Seller"], contacts=["example.net/sam"], country="DE")
    )
    text = json.dumps(built["decision_facts"] + built["incompatible_content_explanation"])
    assert statements.contacts_in(text, "DE") == []
    for known in ("901820", "sam@example.org", "nine zero three four", "Sam Seller", "example.net/sam"):
        assert known not in text


def test_a_decision_keeps_its_statement(seller: Actor, buyer: Actor, moderator: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    file_notice(
        subject_kind="ad", subject_id=done.ad_id, reporter=buyer, reporter_email="", kind="scam", text="", at=now
    )
    made = decide(
        case_id=Case.objects.get().public_id, outcome="reject", policy="contact",
        reason_text="You wrote 030 901820 in the text.", actor=moderator, at=now,
    )  # fmt: skip
    kept = Decision.objects.get(public_id=made.id).statement
    assert (kept["puid"], kept["source_type"]) == (made.id, "SOURCE_ARTICLE_16")
    assert kept["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert "901820" not in json.dumps(kept)
    assert "CONTENT_TYPE_PRODUCT" in kept["content_type"]


def test_an_automatic_refusal_says_so(seller: Actor, now: datetime) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    decision = Decision.objects.get()
    assert decision.statement["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert decision.statement["automated_detection"] == "Yes"
    told = " ".join(part.text for part in decision_view(decision_id=decision.public_id, actor=seller).parts)
    assert "decided automatically" in told


def test_what_is_allowed_or_undone_has_no_statement(seller: Actor, moderator: Actor, now: datetime) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    made = undo(decision_id=Decision.objects.get().public_id, reason="It is a car.", actor=moderator, at=now)
    assert Decision.objects.get(public_id=made.id).statement == {}


@pytest.mark.parametrize(("language", "word"), [("en", "free of charge"), ("de", "")])
def test_the_author_is_told_all_points_in_their_language(
    seller: Actor, moderator: Actor, now: datetime, outbox: list[Any], language: str, word: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from django.utils import translation

    from fairboard.safety import tasks as safety_tasks

    active: list[str] = []
    view_of = safety_tasks.view_of
    monkeypatch.setattr(
        safety_tasks, "view_of", lambda decision: active.append(translation.get_language() or "") or view_of(decision)
    )
    set_language(actor=seller, language=language, at=now)
    submit(actor=seller, draft=hidden_number(), at=now)
    reason = "The number belongs in messages."
    made = decide(
        case_id=Case.objects.get().public_id, outcome="reject", policy="contact", reason_text=reason, actor=moderator,
        at=now, actions=["suspend"], days=9,
    )  # fmt: skip
    tasks.call("ledger.deliver")
    body = outbox[0].body
    assert active == [language]
    assert f"/decisions/{made.id}" in body
    assert reason in body
    assert word in body
    assert ("11. November 2026" if language == "de" else "Nov. 11, 2026") in body


def test_only_the_author_and_the_desk_read_a_decision(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    path = f"/decisions/{Decision.objects.get().public_id}"
    assert client_of(seller).get(path).status_code == 200
    assert client_of(moderator).get(path).status_code == 200
    assert client_of(buyer).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_statements_come_in_batches_of_a_hundred(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairboard.safety.queries import decisions as queries

    monkeypatch.setattr(queries, "BATCH", 2)
    for number in range(5):
        submit(actor=seller, draft=prohibited(price=str(number + 1)), at=now + timedelta(days=number))
    first = statement_batch(actor=moderator)
    assert (len(first.items), bool(first.next_cursor)) == (2, True)
    puids = [one["puid"] for one in all_statements(actor=moderator)]
    assert len(set(puids)) == 5
    some = list(all_statements(actor=moderator, since=now + timedelta(days=1), until=now + timedelta(days=3)))
    assert len(some) == 2


def test_statements_of_child_safety_are_exported_by_the_permitted_only(
    live_ad: Any, buyer: Actor, moderator: Actor, admin: Actor, lead: Actor, now: datetime
) -> None:
    file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="child", text="", at=now
    )
    decide(
        case_id=Case.objects.get().public_id, outcome="reject", policy="child-safety",
        reason_text="It is refused under this policy.", actor=lead, at=now,
    )  # fmt: skip
    assert statement_batch(actor=moderator).items == []
    assert statement_batch(actor=admin).items == []
    assert len(statement_batch(actor=lead).items) == 1


def test_the_api_gives_the_statements_of_some_days(seller: Actor, moderator: Actor, now: datetime) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    caller = Caller(moderator)
    assert len(caller.get("/statements?since=2026-11-01&until=2026-11-03").json()["statements"]) == 1
    assert caller.get("/statements?until=2026-11-02").json()["statements"] == []
    assert caller.get("/statements?since=2026-02-30").status_code == 422
