"""Orders by authorities: entered with a clock, carried out by the ways that exist, and told to those concerned."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.market.queries.ads import ad_for
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case, Decision, Hold, Order, OrderSubject
from fairboard.safety.queries.letters import letter
from fairboard.safety.queries.orders import order_page, orders
from fairboard.safety.queries.standing import is_held
from fairboard.safety.services.orders import NotNow, extend, receive, take_step
from tests.market.drafts import bicycle, hidden_number
from tests.people import client_of
from tests.safety.orders_made import draft, verified


def test_an_order_says_everything_that_is_missing(lead: Actor, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        receive(
            draft=draft(
                now, country="ZZ", authority=" ", reference="", legal_basis="", received_at=now + timedelta(days=1),
                contact="nobody", subjects="ad nothing", silent_until=now,
            ),
            actor=lead, at=now,
        )  # fmt: skip
    assert {error["field"] for error in caught.value.errors} == {
        "country", "authority", "reference", "legal_basis", "received_at", "contact", "subjects", "is_confidential"
    }  # fmt: skip


def test_each_kind_has_its_clock_and_the_late_come_first(live_ad: Any, lead: Actor, now: datetime) -> None:
    subject = f"ad {live_ad.ad_id}"
    old = receive(draft=draft(now - timedelta(days=30), subjects=subject), actor=lead, at=now)
    urgent = receive(draft=draft(now, kind="emergency", subjects=subject, reference=""), actor=lead, at=now)
    own = receive(draft=draft(now, due_at=now + timedelta(days=3), subjects=subject), actor=lead, at=now)
    rows = orders(actor=lead, at=now, closed=False).items
    assert [row.id for row in rows] == [old, urgent, own]
    assert [row.is_late for row in rows] == [True, False, False]
    assert rows[1].due_at == now + timedelta(hours=1)
    first = orders(actor=lead, at=now, closed=False, size=2)
    rest = orders(actor=lead, at=now, closed=False, size=2, cursor=first.next_cursor)
    assert [row.id for row in (*first.items, *rest.items)] == [old, urgent, own]


def test_only_who_handles_orders_sees_and_makes_them(
    live_ad: Any, moderator: Actor, lead: Actor, now: datetime
) -> None:
    order_id = receive(draft=draft(now, subjects=f"ad {live_ad.ad_id}"), actor=lead, at=now)
    with pytest.raises(Forbidden):
        receive(draft=draft(now, subjects=f"ad {live_ad.ad_id}"), actor=moderator, at=now)
    with pytest.raises(Forbidden):
        orders(actor=moderator, at=now)
    with pytest.raises(Forbidden):
        order_page(order_id=order_id, actor=moderator, at=now)
    with pytest.raises(Forbidden):
        take_step(order_id=order_id, step="verify", text="", actor=moderator, at=now)


def test_steps_are_taken_in_their_order(live_ad: Any, lead: Actor, now: datetime) -> None:
    order_id = receive(draft=draft(now, kind="removal", subjects=f"ad {live_ad.ad_id}"), actor=lead, at=now)
    with pytest.raises(NotNow):
        take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    with pytest.raises(Invalid):
        take_step(order_id=order_id, step="refuse", text="no", actor=lead, at=now)
    take_step(order_id=order_id, step="refuse", text="The court is not competent here.", actor=lead, at=now)
    with pytest.raises(NotNow):
        take_step(order_id=order_id, step="verify", text="", actor=lead, at=now)
    assert orders(actor=lead, at=now, closed=True).items[0].state == "refused"


def test_an_order_against_an_ad_takes_it_down_and_names_itself_to_the_author(
    live_ad: Any, buyer: Actor, lead: Actor, now: datetime, outbox: list[Any]
) -> None:
    order_id = verified(lead, now, kind="removal", subjects=f"ad {live_ad.ad_id}")
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    assert ad_for(ad_id=live_ad.ad_id, actor=buyer) is None
    tasks.call("ledger.deliver")
    bodies = {message.to[0]: message.body for message in outbox}
    assert "12 Gs 345/26" in bodies["sam@example.org"]
    assert "District court of Berlin" in bodies["court@example.org"]
    page = order_page(order_id=order_id, actor=lead, at=now)
    assert page.subjects[0].decision_id
    assert [entry.step for entry in page.entries] == ["received", "verify", "carry_out"]


def test_the_version_in_sight_goes_even_when_a_newer_one_waits(
    live_ad: Any, seller: Actor, buyer: Actor, lead: Actor, now: datetime, outbox: list[Any]
) -> None:
    submit(actor=seller, draft=hidden_number(), at=now, ad_id=live_ad.ad_id)
    assert ad_for(ad_id=live_ad.ad_id, actor=buyer) is not None
    order_id = verified(lead, now, kind="removal", subjects=f"ad {live_ad.ad_id}")
    tasks.call("ledger.deliver")
    outbox.clear()
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    assert ad_for(ad_id=live_ad.ad_id, actor=buyer) is None
    assert Decision.objects.filter(outcome="reject").count() == 2
    tasks.call("ledger.deliver")
    (mail,) = [message for message in outbox if message.to == ["sam@example.org"]]
    assert str(OrderSubject.objects.get().decision_id) in mail.body


def test_a_confidential_order_is_told_when_its_silence_ends(
    live_ad: Any, lead: Actor, outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now()
    order_id = verified(
        lead, at, kind="removal", subjects=f"ad {live_ad.ad_id}", is_confidential=True,
        silent_until=at + timedelta(days=10),
    )  # fmt: skip
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=at)
    tasks.call("ledger.deliver")
    tasks.call("safety.tell_after_silence")
    assert [message.to[0] for message in outbox] == ["court@example.org"]
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(days=11))
    tasks.call("safety.tell_after_silence")
    tasks.call("safety.tell_after_silence")
    assert [message.to[0] for message in outbox] == ["court@example.org", "sam@example.org"]
    assert "12 Gs 345/26" in outbox[1].body


def test_a_silence_without_end_is_lifted_by_a_step(
    live_ad: Any, lead: Actor, now: datetime, outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = verified(lead, now, kind="removal", subjects=f"ad {live_ad.ad_id}", is_confidential=True, contact="")
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=3000))
    tasks.call("safety.tell_after_silence")
    assert outbox == []
    take_step(order_id=order_id, step="lift", text="", actor=lead, at=now + timedelta(days=2999))
    tasks.call("safety.tell_after_silence")
    assert [message.to[0] for message in outbox] == ["sam@example.org"]
    with pytest.raises(NotNow):
        take_step(order_id=order_id, step="lift", text="", actor=lead, at=clock.now())


def test_a_request_to_preserve_holds_for_ninety_days_and_renews(live_ad: Any, seller: Actor, lead: Actor) -> None:
    at = clock.now()
    order_id = verified(lead, at, kind="preservation", subjects=f"ad {live_ad.ad_id}")
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=at)
    last = at + timedelta(days=89)
    assert is_held(subject_kind="member", subject_id=seller.id, at=last)
    assert is_held(subject_kind="ad", subject_id=live_ad.ad_id, at=last)
    assert not is_held(subject_kind="member", subject_id=seller.id, at=at + timedelta(days=91))
    take_step(order_id=order_id, step="renew", text="", actor=lead, at=last)
    assert is_held(subject_kind="member", subject_id=seller.id, at=at + timedelta(days=179))
    assert not is_held(subject_kind="member", subject_id=seller.id, at=at + timedelta(days=181))
    take_step(order_id=order_id, step="withdraw", text="The request was withdrawn.", actor=lead, at=last)
    assert not is_held(subject_kind="member", subject_id=seller.id, at=last)
    assert Hold.objects.filter(released_at=None).count() == 0


def test_content_of_a_childs_case_is_left_to_those_who_may(
    live_ad: Any, seller: Actor, admin: Actor, now: datetime
) -> None:
    held = submit(actor=seller, draft=hidden_number(), at=now)
    Case.objects.filter(subject_id=held.ad_id).update(is_child=True, queue="child")
    order_id = verified(admin, now, kind="removal", subjects=f"ad {held.ad_id}")
    with pytest.raises(Forbidden):
        take_step(order_id=order_id, step="carry_out", text="", actor=admin, at=now)
    assert Order.objects.get().state == "verified"
    page = order_page(order_id=order_id, actor=admin, at=now)
    assert page.subjects[0].title == ""


def test_the_answer_is_a_letter(live_ad: Any, lead: Actor, now: datetime, outbox: list[Any]) -> None:
    order_id = verified(lead, now, subjects=f"ad {live_ad.ad_id}")
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    take_step(order_id=order_id, step="answer", text="The package was handed over.", actor=lead, at=now)
    package = order_page(order_id=order_id, actor=lead, at=now).disclosures[0]
    assert package.sha256 in letter(order_id=order_id, step="answer")
    assert order_id in letter(order_id=order_id, step="received")
    tasks.call("ledger.deliver")
    assert len(outbox) == 2
    assert "The package was handed over." in outbox[1].body


def test_an_order_is_entered_and_handled_on_its_pages(live_ad: Any, lead: Actor) -> None:
    client: Client = client_of(lead)
    typed = {
        "kind": "removal", "authority": "Court of Milan", "country": "IT", "received_at": "2026-11-20T08:00",
        "received_how": "portal", "subjects": "ad nothing", "language": "en", "legal_basis": "Art. 9 DSA",
        "reference": "7/26",
    }  # fmt: skip
    refused = client.post("/desk/orders/new", typed)
    assert refused.status_code == 422
    assert "Court of Milan" in refused.content.decode()
    done = client.post("/desk/orders/new", {**typed, "subjects": f"ad {live_ad.ad_id}"})
    assert done.status_code == 302, done.content.decode()
    path = done["Location"]
    assert client.post(path, {"step": "carry_out"}).status_code == 422
    for step in ("verify", "carry_out"):
        assert client.post(path, {"step": step}).status_code == 302
    assert "Court of Milan" in client.get("/desk/orders?view=open").content.decode()
    assert client.get("/desk/orders?kind=removal&due.gte=2026-01-01").status_code == 200


def test_a_bicycle_without_an_order_stays(
    live_ad: Any, seller: Actor, buyer: Actor, lead: Actor, now: datetime
) -> None:
    other = submit(actor=seller, draft=bicycle(title="Green bicycle", body="Another good one, hardly used."), at=now)
    order_id = verified(lead, now, kind="removal", subjects=f"ad {live_ad.ad_id}")
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    assert ad_for(ad_id=other.ad_id, actor=buyer) is not None


def test_more_time_is_given_on_the_page_and_by_the_words_of_who_granted_it(live_ad: Any, lead: Actor) -> None:
    client, now = client_of(lead), clock.now()
    order_id = verified(lead, now, subjects=f"ad {live_ad.ad_id}")
    later = (now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    typed = {"step": "extend", "longer-due_at": later, "longer-text": "short"}
    refused = client.post(f"/desk/orders/{order_id}", typed)
    assert refused.status_code == 422
    assert later in refused.content.decode()
    done = client.post(f"/desk/orders/{order_id}", {**typed, "longer-text": "Granted by the court by mail."})
    assert done.status_code == 302
    order = Order.objects.get(public_id=order_id)
    assert order.due_at.strftime("%Y-%m-%dT%H:%M") == later
    assert "Extended" in client.get(f"/desk/orders/{order_id}").content.decode()
    assert client.post(f"/desk/orders/{order_id}", {"step": "extend", "longer-due_at": "soon"}).status_code == 422


def test_a_silence_grows_longer_only_while_it_lasts(live_ad: Any, lead: Actor, moderator: Actor, now: datetime) -> None:
    ends = now + timedelta(days=5)
    order_id = verified(lead, now, subjects=f"ad {live_ad.ad_id}", is_confidential=True, silent_until=ends)
    given: dict[str, Any] = {"order_id": order_id, "due_at": None, "text": "The court asks for more.", "at": now}
    with pytest.raises(Forbidden):
        extend(silent_until=ends + timedelta(days=5), actor=moderator, **given)
    with pytest.raises(Invalid):
        extend(silent_until=ends, actor=lead, **given)
    extend(silent_until=ends + timedelta(days=5), actor=lead, **given)
    assert Order.objects.get().silent_until == ends + timedelta(days=5)
    Order.objects.update(told_at=now)
    with pytest.raises(NotNow):
        extend(silent_until=ends + timedelta(days=9), actor=lead, **given)
