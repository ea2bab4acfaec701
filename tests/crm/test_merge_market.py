"""A merged account keeps what the market and safety say of it: members, timeline, standing; an undo gives it back."""

from datetime import datetime
from typing import Any

import pytest

from fairboard.crm.models import TimelineEntry
from fairboard.crm.queries.knowledge import what_we_knew
from fairboard.crm.queries.records import record
from fairboard.crm.queries.standing import members_of, missing_steps
from fairboard.crm.queries.timeline import timeline
from fairboard.crm.services import merge_undo, ties
from fairboard.crm.services import timeline as projection
from fairboard.crm.services.due_diligence import take_step
from fairboard.crm.services.merging import merge
from fairboard.crm.services.records import update_record
from fairboard.crm.standing import OnHold
from fairboard.kit.actors import Actor
from fairboard.talk.services.messages import reply
from tests.crm import made
from tests.crm.test_standing import hold

pytestmark = pytest.mark.django_db


def shown(actor: Actor, record_id: str) -> list[tuple[str, str]]:
    return [(one.kind, one.source_id) for one in timeline(actor=actor, record_id=record_id, size=200).items]


@pytest.fixture
def pair(sales: Actor, seller: Actor, buyer: Actor, live_ad: Any, now: datetime) -> tuple[Any, Any]:
    """An account that stays, and one with a history that goes into it."""
    one = made(sales, now, "account", name="Bikes", record_type="organisation")
    two = made(sales, now, "account", name="Bikes Ltd", record_type="organisation")
    ties.tie_members(account_id=two.id, member_ids=[seller.id], actor=sales, at=now)
    update_record(record_id=two.id, values={"city": "Biel"}, actor=sales, at=now)
    take_step(account_id=two.id, step="register", details={}, confirmed=False, actor=sales, at=now)
    made(sales, now, "call", subject="Asked for the price", about=two.id)
    projection.catch_up(members=[seller.id], at=now)
    while projection.follow(at=now):
        pass
    return one, two


def test_the_survivor_shows_the_others_events_also_after_a_rebuild(
    pair: tuple[Any, Any], sales: Actor, seller: Actor, buyer: Actor, live_ad: Any, now: datetime
) -> None:
    one, two = pair
    former, lacking = shown(sales, two.id), missing_steps(two.pk)
    done = merge(record_ids=[one.id, two.id], survivor_id=one.id, actor=sales, at=now)
    assert {kind for kind, _source in former} >= {
        "market.ad.published", "crm.member.tied", "crm.kyc.step", "crm.record.changed", "crm.record.created"
    }  # fmt: skip
    told = shown(sales, one.id)
    assert {kind for kind, _source in former} <= {kind for kind, _source in told}
    rows = timeline(actor=sales, record_id=one.id, size=200).items
    assert any((each.before, each.after) == ("", "Biel") for row in rows for each in row.changes)
    assert record(actor=sales, record_id=one.id).values["ads_live"] == 1
    assert (members_of([one.pk]), missing_steps(one.pk)) == ({one.pk: [seller.id]}, lacking)
    knew = what_we_knew(actor=sales, account_id=one.id, year=now.year).events
    assert {"crm.member.tied", "crm.kyc.step"} <= {each.kind for each in knew}

    def kept() -> list[Any]:
        return list(TimelineEntry.objects.order_by("record_id", "event_id").values_list("record_id", "event_id"))

    before = kept()
    projection.rebuild(at=now)
    assert kept() == before
    reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=now)
    while projection.follow(at=now):
        pass
    assert "talk.conversation.started" in {kind for kind, _source in shown(sales, one.id)}
    merge_undo.undo(merge_id=done.merge_id, actor=sales, at=now)
    assert set(former) <= set(shown(sales, two.id))
    assert members_of([two.pk]) == {two.pk: [seller.id]}
    assert not {kind for kind, _source in shown(sales, one.id)} & {"market.ad.published", "crm.member.tied"}


def test_nobody_is_freed_of_a_hold_by_a_merge(
    pair: tuple[Any, Any], sales: Actor, seller: Actor, moderator: Actor, now: datetime
) -> None:
    one, two = pair
    hold(seller, moderator, now)
    merge(record_ids=[one.id, two.id], survivor_id=one.id, actor=sales, at=now)
    assert record(actor=sales, record_id=one.id).values["standing"] == "on_hold"
    with pytest.raises(OnHold):
        made(sales, now, "deal", name="A year of ads", account=one.id)
