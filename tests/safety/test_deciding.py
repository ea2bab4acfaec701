"""A decision of the desk shows on the ad, in the queue and in the mail of those concerned."""

from datetime import datetime
from typing import Any

import pytest

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid
from fairboard.market.queries.ads import ad_for
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import search
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case
from fairboard.safety.services.deciding import AlreadyDecided, OwnSubmission, claim, decide
from fairboard.safety.services.notices import file_notice
from tests.market.drafts import bicycle, hidden_number

REFUSAL = {"outcome": "reject", "policy": "contact", "reason_text": "Contact details do not belong in the text."}


def case_of(ad_id: str) -> str:
    return Case.objects.get(subject_id=ad_id, state="open").public_id


def test_allowing_a_held_ad_puts_it_live(seller: Actor, moderator: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    decide(case_id=case_of(done.ad_id), outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    assert [card.id for card in search(Search(words="blue")).items] == [done.ad_id]


def test_a_report_of_a_held_ad_moves_its_case_to_the_reports(seller: Actor, buyer: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    submit(actor=seller, draft=bicycle(title="Clean bicycle"), at=now, ad_id=done.ad_id)
    file_notice(
        subject_kind="ad", subject_id=done.ad_id, reporter=buyer, reporter_email="", kind="scam", text="", at=now
    )
    case = Case.objects.get(subject_id=done.ad_id)
    assert (case.queue, case.submission.fields["title"]) == ("notices", "Clean bicycle")


def test_refusing_a_reported_ad_takes_it_down(live_ad: Any, buyer: Actor, moderator: Actor, now: datetime) -> None:
    file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="scam", text="", at=now
    )
    decide(case_id=case_of(live_ad.ad_id), actor=moderator, at=now, **REFUSAL)  # type: ignore[arg-type]
    assert search(Search(words="bicycle")).items == []
    assert ad_for(ad_id=live_ad.ad_id, actor=buyer) is None


def test_everybody_concerned_gets_a_mail(
    live_ad: Any, buyer: Actor, moderator: Actor, now: datetime, outbox: list[Any]
) -> None:
    receipt = file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="scam", text="", at=now
    )
    decide(case_id=case_of(live_ad.ad_id), actor=moderator, at=now, **REFUSAL)  # type: ignore[arg-type]
    tasks.call("ledger.deliver")
    by_address = {message.to[0]: message for message in outbox}
    assert set(by_address) == {"sam@example.org", "bea@example.org"}
    assert REFUSAL["reason_text"] in by_address["sam@example.org"].body
    assert receipt.id in by_address["bea@example.org"].body
    tasks.call("ledger.deliver")
    assert len(outbox) == 2


def test_a_refusal_needs_a_policy_and_a_reason(seller: Actor, moderator: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    with pytest.raises(Invalid) as caught:
        decide(case_id=case_of(done.ad_id), outcome="reject", policy="", reason_text="no", actor=moderator, at=now)
    assert {error["field"] for error in caught.value.errors} == {"policy", "reason_text"}


def test_a_case_is_decided_once(seller: Actor, moderator: Actor, admin: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    case_id = case_of(done.ad_id)
    decide(case_id=case_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    with pytest.raises(AlreadyDecided):
        decide(case_id=case_id, actor=admin, at=now, **REFUSAL)  # type: ignore[arg-type]


def test_members_and_sales_do_not_decide(seller: Actor, make_member: Any, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    for actor in (seller, make_member("sally", role="sales")):
        with pytest.raises(Forbidden):
            decide(case_id=case_of(done.ad_id), outcome="allow", policy="", reason_text="", actor=actor, at=now)


def test_nobody_decides_on_their_own_text(moderator: Actor, now: datetime) -> None:
    done = submit(actor=moderator, draft=hidden_number(), at=now)
    with pytest.raises(OwnSubmission):
        decide(case_id=case_of(done.ad_id), outcome="allow", policy="", reason_text="", actor=moderator, at=now)


def test_a_claimed_case_is_left_to_who_claimed_it(seller: Actor, moderator: Actor, admin: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    claim(case_id=case_of(done.ad_id), actor=moderator, at=now)
    with pytest.raises(Conflict):
        claim(case_id=case_of(done.ad_id), actor=admin, at=now)


def test_allowing_forgets_what_would_hold_its_like(seller: Actor, moderator: Actor, now: datetime) -> None:
    """What was refused and then allowed on a second look holds nobody's next version."""
    done = submit(actor=seller, draft=hidden_number(), at=now)
    decide(case_id=case_of(done.ad_id), actor=moderator, at=now, **REFUSAL)  # type: ignore[arg-type]
    again = submit(actor=seller, draft=hidden_number(), at=now, ad_id=done.ad_id)
    assert "laundering" in {reason.rule for reason in again.reasons}
    decide(case_id=case_of(done.ad_id), outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    assert [card.id for card in search(Search(words="blue")).items] == [done.ad_id]


def test_a_decision_on_an_older_version_leaves_the_newest(seller: Actor, moderator: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    submit(actor=seller, draft=bicycle(title="Clean bicycle"), at=now, ad_id=done.ad_id)
    decide(case_id=case_of(done.ad_id), actor=moderator, at=now, **REFUSAL)  # type: ignore[arg-type]
    assert [card.title for card in search(Search(words="bicycle")).items] == ["Clean bicycle"]
