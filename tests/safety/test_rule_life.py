"""The life of a rule: draft, shadow, live, retired; each step guarded and on the ledger."""

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.models import Event
from fairboard.market.services.posting import submit
from fairboard.safety.models import Rule, RuleVersion
from fairboard.safety.services.rules import FourEyes, NotReady, move_packaged, promote, retire, to_shadow, write
from tests.market.drafts import bicycle, hidden_number
from tests.safety.rulebook import draft, live, tried, watching, written


def life(key: str = "bicycles") -> str:
    return Rule.objects.get(key=key).life


def test_a_rule_goes_from_draft_over_shadow_to_live_and_is_retired(
    moderator: Actor, lead: Actor, seller: Actor, now: datetime
) -> None:
    rule = written(moderator, now)
    at = {"rule_id": rule.rule_id, "number": 1, "at": now}
    assert (life(), submit(actor=seller, draft=bicycle(), at=now).verdict) == ("draft", "allow")
    to_shadow(actor=moderator, **at)  # type: ignore[arg-type]
    assert (life(), submit(actor=seller, draft=bicycle(title="Second"), at=now).verdict) == ("shadow", "allow")
    tried(rule, moderator, now)
    promote(actor=lead, **at)  # type: ignore[arg-type]
    done = submit(actor=seller, draft=bicycle(title="Third"), at=now)
    assert (life(), done.verdict, [one.rule for one in done.reasons]) == ("live", "hold", ["bicycles"])
    to_shadow(actor=lead, **at)  # type: ignore[arg-type]
    assert (life(), submit(actor=seller, draft=bicycle(title="Fourth"), at=now).verdict) == ("shadow", "allow")
    promote(actor=lead, **at)  # type: ignore[arg-type]
    retire(rule_id=rule.rule_id, actor=lead, at=now, reason="The wave is over.")
    assert (life(), submit(actor=seller, draft=bicycle(title="Fifth"), at=now).verdict) == ("retired", "allow")
    moves = Event.objects.filter(kind="safety.rule.moved", subject_id=rule.rule_id).order_by("id")
    assert [one.data["life"] for one in moves] == ["shadow", "live", "shadow", "live", "retired"]
    assert not any("wave" in str(one.data) for one in moves)


@pytest.mark.parametrize("when", ["contact.fones > 0", "contact.phones >", "ad.category > 3", "contact.phones"])
def test_a_rule_with_a_mistake_is_kept_and_never_more_than_a_draft(
    moderator: Actor, lead: Actor, now: datetime, when: str
) -> None:
    rule = written(moderator, now, when=when)
    assert RuleVersion.objects.get().when == when
    for step in (to_shadow, promote):
        with pytest.raises(NotReady, match="line 1, column"):
            step(rule_id=rule.rule_id, number=1, actor=lead, at=now)
    with pytest.raises(NotReady):
        tried(rule, lead, now)
    assert life() == "draft"


def test_going_live_needs_a_back_test_of_this_very_version(moderator: Actor, lead: Actor, now: datetime) -> None:
    rule = live(moderator, lead, now)
    again = written(moderator, now, when="contact.phones > 3")
    with pytest.raises(NotReady, match="history"):
        promote(rule_id=again.rule_id, number=again.number, actor=lead, at=now)
    assert (again.rule_id, again.number) == (rule.rule_id, 2)
    assert Rule.objects.get().live.number == 1  # type: ignore[union-attr]
    tried(again, moderator, now)
    promote(rule_id=again.rule_id, number=2, actor=lead, at=now)
    assert Rule.objects.get().live.number == 2  # type: ignore[union-attr]


def test_four_eyes_see_a_rule_before_it_acts(lead: Actor, now: datetime, settings: Any) -> None:
    rule = written(lead, now)
    tried(rule, lead, now)
    with pytest.raises(FourEyes):
        promote(rule_id=rule.rule_id, number=1, actor=lead, at=now)
    settings.RULES_FOUR_EYES = False
    promote(rule_id=rule.rule_id, number=1, actor=lead, at=now)
    assert life() == "live"


def test_who_may_do_what(moderator: Actor, seller: Actor, lead: Actor, now: datetime) -> None:
    with pytest.raises(Forbidden):
        written(seller, now)
    rule = live(moderator, lead, now)
    for step in (promote, to_shadow):
        with pytest.raises(Forbidden):
            step(rule_id=rule.rule_id, number=1, actor=moderator, at=now)
    with pytest.raises(Forbidden):
        retire(rule_id=rule.rule_id, actor=moderator, at=now, reason="no")
    with pytest.raises(Invalid):
        retire(rule_id=rule.rule_id, actor=lead, at=now, reason=" ")


def test_a_version_is_never_changed(moderator: Actor, now: datetime) -> None:
    written(moderator, now)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        RuleVersion.objects.update(when="true")
    version = RuleVersion.objects.get()
    version.when = "true"
    with pytest.raises(ValueError, match="new one"):
        version.save()


def test_the_same_text_is_no_new_version(moderator: Actor, now: datetime) -> None:
    assert [written(moderator, now).is_new, written(moderator, now).is_new] == [True, False]
    assert RuleVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"policy": "nonsense"}, "policy"),
        ({"action": "delete"}, "action"),
        ({"policy": "child-safety", "action": "hold"}, "action"),
        ({"severity": 6}, "severity"),
        ({"message": ""}, "message"),
        ({"delay_minutes": 30}, "delay_minutes"),
        ({"when": ""}, "when"),
        ({"rows": {"all": [{"variable": "contact.phones", "operator": "gt", "value": "x"}]}}, "rows.all[0].value"),
        ({"note": "a\0b"}, "note"),
    ],
)
def test_what_is_missing_is_named(moderator: Actor, now: datetime, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        written(moderator, now, **changes)
    assert field in {error["field"] for error in caught.value.errors}


def test_a_packaged_rule_has_its_key_for_itself(moderator: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        write(key="disguised-contact", name="Mine", draft=draft(), actor=moderator, at=now)


def test_a_packaged_rule_can_be_put_to_shadow_and_back(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    assert submit(actor=seller, draft=hidden_number(), at=now).verdict == "hold"
    change = {"key": "disguised-contact", "at": now}
    with pytest.raises(Forbidden):
        move_packaged(life="shadow", actor=moderator, reason="Too many.", **change)  # type: ignore[arg-type]
    move_packaged(life="shadow", actor=lead, reason="Too many.", **change)  # type: ignore[arg-type]
    assert submit(actor=seller, draft=hidden_number(), at=now).verdict == "allow"
    move_packaged(life="live", actor=lead, reason="Again.", **change)  # type: ignore[arg-type]
    assert submit(actor=seller, draft=hidden_number(), at=now).verdict == "hold"


def test_a_draft_beside_a_live_version_changes_nothing(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    live(moderator, lead, now)
    watching(moderator, now, when="contact.phones > 90")
    assert life() == "live"
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "hold"
