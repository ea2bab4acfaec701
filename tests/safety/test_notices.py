"""Notices: the elements of article 16, the record of who reports, trusted flaggers first, misuse, child safety."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client

from fairboard.kit import tasks
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid
from fairboard.market.services.posting import submit
from fairboard.safety import reporters
from fairboard.safety.kinds import NOTICE_KINDS
from fairboard.safety.models import Case, Notice, Reporter
from fairboard.safety.queries import reporters as queries
from fairboard.safety.queries.cases import cases
from fairboard.safety.queries.records import case_record
from fairboard.safety.services import flaggers
from fairboard.safety.services import reporters as services
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.notices import Muted, NoticeRow, file_notice
from fairboard.safety.services.undoing import undo
from tests.api.client import Caller
from tests.market.drafts import bicycle
from tests.people import client_of


def notice(ad_id: str, reporter: Actor, at: datetime, kind: str = "scam", **more: Any) -> NoticeRow:
    values = {"reporter_email": "", "text": "", **more}
    return file_notice(subject_kind="ad", subject_id=ad_id, reporter=reporter, kind=kind, at=at, **values)


def settle(ad_id: str, moderator: Actor, at: datetime, outcome: str = "allow") -> str:
    case_id = Case.objects.get(subject_id=ad_id, state="open").public_id
    refusal = {"policy": "scam", "reason_text": "Money is asked for ahead."} if outcome == "reject" else {}
    values = {"policy": "", "reason_text": "", **refusal}
    return decide(case_id=case_id, outcome=outcome, actor=moderator, at=at, **values).id


def flagger(lead: Actor, at: datetime, *members: Actor, **more: Any) -> str:
    entry = flaggers.Entry(
        "Helpline", "help@example.org", "Coordinator", "A-1", members=[one.id for one in members], **more
    )
    return flaggers.add_flagger(entry=entry, actor=lead, at=at)


def test_a_notice_keeps_the_elements_of_the_law(live_ad: Any, now: datetime) -> None:
    notice(
        live_ad.ad_id, ANONYMOUS, now, reporter_email="ria@example.org", text="Money is asked for ahead.",
        name="Ria", location="the second sentence", good_faith=True,
    )  # fmt: skip
    kept = Notice.objects.get()
    assert (kept.reporter_name, kept.location, kept.good_faith) == ("Ria", "the second sentence", True)
    record = Reporter.objects.get()
    assert record.key.startswith("e:")
    assert "ria" not in record.key


def test_the_form_asks_for_them(live_ad: Any) -> None:
    page = Client()
    form = page.get(f"/ad/{live_ad.ad_id}/report").content.decode()
    for name in ("kind", "text", "location", "name", "email", "good_faith"):
        assert f'name="{name}"' in form
    sent = {"kind": "scam", "text": "Money ahead.", "location": "photo 2", "name": "Ria", "good_faith": "on"}
    answer = page.post(f"/ad/{live_ad.ad_id}/report", sent)
    assert "A person looks at it" in page.get(answer["Location"]).content.decode()
    assert Notice.objects.get().good_faith
    bad = page.post(f"/ad/{live_ad.ad_id}/report", {**sent, "email": "no address"})
    assert bad.status_code == 422
    assert "photo 2" in bad.content.decode()


def test_a_child_and_an_exploited_person_go_before_everything(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    other = submit(actor=seller, draft=bicycle(title="Green bicycle"), at=now)
    notice(live_ad.ad_id, ANONYMOUS, now, "child")
    notice(other.ad_id, ANONYMOUS, now, "exploitation")
    child, exploited = Case.objects.get(subject_id=live_ad.ad_id), Case.objects.get(subject_id=other.ad_id)
    assert (child.queue, child.is_child, child.policy, child.severity) == ("child", True, "child-safety", 5)
    assert (exploited.queue, exploited.is_child, exploited.policy) == ("urgent", False, "exploitation")
    notice(live_ad.ad_id, buyer, now, "exploitation")
    child.refresh_from_db()
    assert (child.queue, child.policy) == ("child", "child-safety")
    assert {row.id for row in cases(actor=moderator, tree=None).items} == {exploited.public_id}
    assert queries.records_for(case=child, actor=moderator, at=now) == {}
    assert len(queries.records_for(case=child, actor=lead, at=now)) == 1


def test_a_child_reported_on_an_open_case_moves_it(live_ad: Any, buyer: Actor, now: datetime) -> None:
    notice(live_ad.ad_id, buyer, now, "wrong")
    notice(live_ad.ad_id, ANONYMOUS, now, "child")
    case = Case.objects.get()
    assert (case.queue, case.is_child) == ("child", True)


def test_the_same_report_again_joins_the_first(live_ad: Any, buyer: Actor, now: datetime) -> None:
    first = notice(live_ad.ad_id, buyer, now, text="Money is asked for ahead.")
    again = notice(live_ad.ad_id, buyer, now, text="Money is asked for ahead.  ")
    other = notice(live_ad.ad_id, buyer, now, text="And it is a copy.")
    assert (again.id, again.joined, other.joined) == (first.id, True, False)
    assert Notice.objects.get(public_id=first.id).repeats == 2
    assert Case.objects.get().reach == 2


@pytest.mark.parametrize(
    ("upheld", "dismissed", "weight"), [(0, 0, 1), (1, 0, 1), (8, 0, 2), (0, 5, 0), (0, 2, 1), (20, 20, 1)]
)
def test_a_report_counts_by_the_record_of_who_sent_it(upheld: int, dismissed: int, weight: int) -> None:
    assert reporters.weight(upheld=upheld, dismissed=dismissed) == weight


def test_the_record_of_the_reporter_raises_the_case(live_ad: Any, seller: Actor, buyer: Actor, now: datetime) -> None:
    other = submit(actor=seller, draft=bicycle(title="Green bicycle"), at=now)
    notice(live_ad.ad_id, ANONYMOUS, now)
    notice(other.ad_id, ANONYMOUS, now)
    Reporter.objects.create(key=buyer.id, member_id=buyer.id, upheld=20, first_at=now, last_at=now)
    notice(live_ad.ad_id, buyer, now)
    trusted, plain = Case.objects.get(subject_id=live_ad.ad_id), Case.objects.get(subject_id=other.ad_id)
    assert (trusted.reach, plain.reach) == (3, 1)
    assert trusted.rank < plain.rank


def test_decisions_are_entered_into_the_record_and_taken_out_by_an_undo(
    live_ad: Any, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    notice(live_ad.ad_id, buyer, now)
    notice(live_ad.ad_id, buyer, now, "other")
    decision = settle(live_ad.ad_id, moderator, now, "reject")
    record = Reporter.objects.get()
    assert (record.filed, record.upheld, record.dismissed) == (2, 1, 0)
    undo(decision_id=decision, reason="It was a mistake.", actor=moderator, at=now)
    record.refresh_from_db()
    assert (record.upheld, record.dismissed) == (0, 1)


def test_who_misuses_reports_is_warned_then_set_aside_and_heard_again(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime, outbox: list[Any]
) -> None:
    ads = [submit(actor=seller, draft=bicycle(title=f"Bicycle {n}"), at=now).ad_id for n in range(8)]
    for ad_id in ads[:4]:
        notice(ad_id, buyer, now)
        settle(ad_id, moderator, now)
    record = Reporter.objects.get()
    mute = {"reporter_id": record.public_id, "days": 30, "reason": "None of them had a ground.", "at": now}
    with pytest.raises(services.NotWarned):
        services.mute(actor=moderator, **mute)
    notice(ads[4], buyer, now)
    settle(ads[4], moderator, now)
    record.refresh_from_db()
    assert record.warned_at == now
    with pytest.raises(Forbidden):
        services.mute(actor=seller, **mute)
    services.mute(actor=moderator, **mute)
    tasks.call("ledger.deliver")
    subjects = [mail.subject for mail in outbox if mail.to == ["bea@example.org"]]
    assert [one for one in subjects if "About your reports" in one or "stop processing" in one] == [
        "About your reports", "We stop processing your reports for a time"
    ]  # fmt: skip
    with pytest.raises(Muted, match="None of them had a ground"):
        notice(ads[5], buyer, now)
    notice(ads[5], buyer, now, "child")
    notice(ads[6], buyer, now + timedelta(days=31))
    services.hear(reporter_id=record.public_id, actor=moderator, at=now)
    notice(ads[7], buyer, now)
    with pytest.raises(Conflict):
        services.hear(reporter_id=record.public_id, actor=moderator, at=now)


def test_a_muted_reporter_is_told_on_the_page(live_ad: Any, buyer: Actor, moderator: Actor, now: datetime) -> None:
    Reporter.objects.create(
        key=buyer.id, member_id=buyer.id, first_at=now, last_at=now, mute_reason="No ground.",
        muted_until=now + timedelta(days=300),
    )  # fmt: skip
    answer = client_of(buyer).post(f"/ad/{live_ad.ad_id}/report", {"kind": "scam", "text": "Again"})
    assert answer.status_code == 422
    assert "No ground." in answer.content.decode()
    assert not Notice.objects.exists()
    assert Caller(buyer).post("/notices", {"subject_id": live_ad.ad_id, "kind": "scam"}).status_code == 403


def test_a_trusted_flagger_goes_first(
    live_ad: Any, seller: Actor, buyer: Actor, make_member: Callable[..., Actor], lead: Actor, now: datetime
) -> None:
    helper = make_member("helper")
    entered = flagger(lead, now, helper, areas=["scam"])
    other = submit(actor=seller, draft=bicycle(title="Green bicycle"), at=now)
    notice(other.ad_id, buyer, now - timedelta(hours=30))
    notice(live_ad.ad_id, helper, now)
    first = cases(actor=lead, tree=None).items[0]
    assert first.subject_id == live_ad.ad_id
    assert first.due_at == now + timedelta(hours=12)
    assert Notice.objects.get(case__subject_id=live_ad.ad_id).flagger is not None
    notice(other.ad_id, helper, now, "counterfeit")
    assert not Notice.objects.filter(kind="counterfeit", flagger__isnull=False).exists()
    decision = settle(live_ad.ad_id, lead, now, "reject")
    from fairboard.safety.models import Decision

    statement = Decision.objects.get(public_id=decision).statement
    assert (statement["source_type"], statement["source_identity"]) == ("SOURCE_TRUSTED_FLAGGER", "Helpline")
    figures = queries.flagger_figures(flagger_id=entered, year=2026, actor=lead)
    assert (figures.filed, figures.upheld, figures.open, figures.by_kind) == (1, 1, 0, {"scam": 1})


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_a_flagger_whose_award_rests_is_like_anybody(
    live_ad: Any, buyer: Actor, lead: Actor, now: datetime, state: str
) -> None:
    flagger(lead, now, buyer, state=state)
    notice(live_ad.ad_id, buyer, now)
    assert Notice.objects.get().flagger is None
    assert Case.objects.get().severity == 3


def test_only_the_lead_enters_trusted_flaggers(moderator: Actor, lead: Actor, buyer: Actor, now: datetime) -> None:
    with pytest.raises(Forbidden):
        flagger(moderator, now, buyer)
    flagger(lead, now, buyer)
    with pytest.raises(Conflict):
        flaggers.add_flagger(
            entry=flaggers.Entry("Other", "o@example.org", "C", "A-2", members=[buyer.id]), actor=lead, at=now
        )
    bad = flaggers.Entry("", "nobody", "", "", areas=["x"], members=["0"], state="great")
    with pytest.raises(Invalid) as caught:
        flaggers.add_flagger(entry=bad, actor=lead, at=now)
    fields = {error["field"] for error in caught.value.errors}
    assert fields == {"name", "contact", "awarded_by", "award", "areas", "members", "state"}


def test_the_pages_of_reporters_and_flaggers_work(live_ad: Any, buyer: Actor, lead: Actor, now: datetime) -> None:
    notice(live_ad.ad_id, buyer, now)
    page = client_of(lead)
    record = Reporter.objects.get().public_id
    assert (
        page.post("/desk/reporters", {"reporter": record, "act": "mute", "days": "3", "reason": "x"}).status_code == 422
    )
    assert page.post("/desk/reporters", {"reporter": record, "act": "warn"}).status_code == 302
    sent = {"reporter": record, "act": "mute", "days": "3", "reason": "None of them had a ground."}
    assert page.post("/desk/reporters", sent).status_code == 302
    assert "not processed until" in page.get("/desk/reporters").content.decode()
    entry = {"name": "Helpline", "contact": "h@example.org", "awarded_by": "C", "award": "A-1", "state": "active"}
    assert page.post("/desk/flaggers", {**entry, "contact": "nobody"}).status_code == 422
    assert page.post("/desk/flaggers", {**entry, "members": buyer.id}).status_code == 302
    assert "Helpline" in page.get("/desk/flaggers").content.decode()


def test_the_desk_reads_the_records_beside_a_case(
    live_ad: Any, buyer: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    notice(live_ad.ad_id, buyer, now, location="the second sentence")
    case_id = Case.objects.get().public_id
    found = Caller(moderator).get(f"/cases/{case_id}/record").json()
    assert found["suggestion"]["strikes"] == 1
    assert found["notices"][0]["reporter"]["percent"] == 50
    assert found["notices"][0]["location"] == "the second sentence"
    notice(live_ad.ad_id, ANONYMOUS, now, "child")
    assert Caller(moderator).get(f"/cases/{case_id}/record").status_code == 404
    record = case_record(case_id=case_id, actor=lead, at=now)
    labels = {kind.key: str(kind.label) for kind in NOTICE_KINDS}
    shown = get_template("safety/parts/record.html").render({"record": record, "notice_labels": labels})
    assert "the second sentence" in shown
    assert "put the account on hold" in shown
