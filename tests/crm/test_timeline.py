"""What happens in the market is on the account's timeline and in its figures without anybody typing it in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairboard.crm.models import Record, TimelineEntry
from fairboard.crm.queries.records import record
from fairboard.crm.queries.timeline import kinds_on, timeline
from fairboard.crm.services import ties
from fairboard.crm.services import timeline as projection
from fairboard.crm.services.records import update_record
from fairboard.kit.actors import Actor
from fairboard.talk.services.messages import reply, write
from tests.crm import made

pytestmark = pytest.mark.django_db


def follow(at: datetime) -> None:
    while projection.follow(at=at):
        pass


def test_ads_and_conversations_are_on_the_timeline_and_in_the_figures(
    sales: Actor, seller: Actor, buyer: Actor, live_ad: Any, now: datetime
) -> None:
    account = made(sales, now, "account", name="Sam")
    ties.tie_members(account_id=account.id, member_ids=[seller.id], actor=sales, at=now)
    sent = reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=now)
    write(actor=seller, conversation_id=sent.conversation_id, text="Yes, it is.", at=now + timedelta(hours=2))
    follow(now)
    row = record(actor=sales, record_id=account.id)
    assert (row.values["ads_live"], row.values["ads_total"], row.values["replies_per_ad"]) == (1, 1, 1)
    assert row.values["response_hours"] == 2
    assert row.values["last_seen"]
    found = timeline(actor=sales, record_id=account.id).items
    kinds = [one.kind for one in found]
    assert {"market.ad.published", "talk.conversation.started", "crm.member.tied", "crm.record.created"} <= set(kinds)
    published = next(one for one in found if one.kind == "market.ad.published")
    assert published.text
    named = timeline(actor=sales, record_id=account.id, text=published.text[:8].upper()).items
    assert [one.kind for one in named] == ["talk.conversation.started", "market.ad.published"]
    only = timeline(actor=sales, record_id=account.id, kinds=["market.ad.published"]).items
    assert [one.kind for one in only] == ["market.ad.published"]
    assert "market.ad.published" in kinds_on(actor=sales, record_id=account.id)


def test_the_past_comes_with_the_member_and_a_rebuild_gives_the_same(
    sales: Actor, seller: Actor, buyer: Actor, live_ad: Any, now: datetime
) -> None:
    reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=now)
    follow(now)
    account = made(sales, now, "account", name="Sam")
    ties.tie_members(account_id=account.id, member_ids=[seller.id], actor=sales, at=now)
    projection.catch_up(members=[seller.id], at=now)
    follow(now)

    def kept() -> tuple[list[Any], Any]:
        rows = TimelineEntry.objects.order_by("record_id", "event_id").values_list(
            "record_id", "event_id", "kind", "text"
        )
        return list(rows), Record.objects.get(public_id=account.id).data

    before = kept()
    assert any(kind == "market.ad.published" for _r, _e, kind, _t in before[0])
    Record.objects.filter(public_id=account.id).update(data={**before[1], "ads_live": 77})
    TimelineEntry.objects.filter(kind="market.ad.published").delete()
    projection.rebuild(at=now)
    assert kept() == before


def test_what_is_done_with_a_deal_is_on_its_accounts_timeline_too(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Sam")
    deal = made(sales, now, "deal", name="A year of ads", account=account.id)
    update_record(record_id=deal.id, values={"stage": "meet", "amount": 50}, actor=sales, at=now)
    made(sales, now, "call", subject="Asked for the price", about=deal.id)
    found = timeline(actor=sales, record_id=account.id).items
    assert [(one.type_key, one.source_name or one.text) for one in found[:3]] == [
        ("call", "Asked for the price"), ("deal", "A year of ads"), ("deal", "A year of ads"),
    ]  # fmt: skip
    changes = {one.label: (one.before, one.after) for one in found[1].changes}
    assert changes["Stage"] == ("Qualify", "Meet")
    pages = []
    cursor = ""
    while True:
        page = timeline(actor=sales, record_id=account.id, cursor=cursor, size=2)
        pages += [one.number for one in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert pages == [one.number for one in found]
