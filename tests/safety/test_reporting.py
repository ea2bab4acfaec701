"""A report to the CyberTipline: from a case, reviewed by a person, delivered once, loud when it is not."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.models import Event
from fairboard.ledger.queries import timeline
from fairboard.people.models import Member
from fairboard.safety.cybertip.answers import AnswerLost, NotSent
from fairboard.safety.cybertip.client import Client
from fairboard.safety.cybertip.fake import FakeTipline
from fairboard.safety.models import Attempt, Case, Evidence, EvidenceAccess, Hold, Report, Step
from fairboard.safety.queries.reports import reports, undelivered
from fairboard.safety.queries.standing import is_held
from fairboard.safety.services import evidence, reporting
from fairboard.safety.services.delivering import deliver
from fairboard.safety.services.reporting import ChangedMeanwhile
from fairboard.safety.tasks_evidence import SYSTEM
from tests.safety.childcase import PASSWORD, USER, child_case, tipline


class Clock:
    """The moment, for the site and for the service."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **spans: float) -> datetime:
        self.at += timedelta(**spans)
        return self.at


@pytest.fixture
def moment(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def service(tmp_path: Path, moment: Clock) -> Iterator[FakeTipline]:
    with tipline(tmp_path / "tipline", clock=lambda: moment().timestamp()) as server:
        yield server


@pytest.fixture
def client(service: FakeTipline) -> Client:
    return Client(service.url, USER, PASSWORD)


@pytest.fixture
def draft(seller: Actor, lead: Actor, now: datetime) -> str:
    return reporting.create(case_id=child_case(seller, now).public_id, actor=lead, at=now)


def approve(report_id: str, lead: Actor, at: datetime) -> str:
    seen = reporting.preview(report_id=report_id, actor=lead, at=at)
    return reporting.approve(report_id=report_id, mark=seen.mark, actor=lead, at=at)


@pytest.fixture
def approved(draft: str, lead: Actor, now: datetime) -> str:
    assert approve(draft, lead, now) == "sending"
    return draft


@pytest.fixture
def send(approved: str, client: Client, moment: Clock) -> Callable[[], str]:
    return lambda: deliver(report_id=approved, client=client, now=moment)


def test_a_report_is_delivered_whole_and_once(
    send: Callable[[], str], service: FakeTipline, approved: str, moment: Clock
) -> None:
    assert send() == "finished"
    assert send() == ""
    (got,) = service.reports()
    assert (got["state"], got["finishes"], len(got["files"])) == ("finished", 1, 2)
    assert [len(one["info"]) for one in got["files"]] == [1, 1]
    assert "Blue bicycle" in got["document"]
    assert "sam@example.org" in got["document"]
    report = Report.objects.get(public_id=approved)
    assert (report.service_id, report.finished_at) == (got["id"], moment())
    steps = Step.objects.filter(attempt__report=report).order_by("pk")
    assert [one.kind for one in steps] == ["open", "upload", "fileinfo", "upload", "fileinfo", "finish"]
    assert all(one.outcome == "ok" and one.ended_at for one in steps)


def test_what_was_sent_is_kept_as_evidence(send: Callable[[], str], service: FakeTipline, approved: str) -> None:
    send()
    report = Report.objects.get(public_id=approved)
    assert report.sent is not None
    assert evidence.contents(report.sent).files["report.xml"].decode() == service.reports()[0]["document"]
    assert EvidenceAccess.objects.filter(evidence=report.evidence, how="report", actor_name="reports").exists()


def test_what_was_reported_is_held_for_a_year_from_its_finish(
    send: Callable[[], str], approved: str, seller: Actor, moment: Clock
) -> None:
    case = Report.objects.get(public_id=approved).case
    subjects = [("member", seller.id), ("ad", case.subject_id), ("case", case.public_id)]
    assert all(is_held(subject_kind=kind, subject_id=one, at=moment()) for kind, one in subjects)
    moment.pass_(hours=1)
    send()
    for days, held in ((365, True), (367, False)):
        at = moment() + timedelta(days=days)
        assert {is_held(subject_kind=kind, subject_id=one, at=at) for kind, one in subjects} == {held}
    assert evidence.dispose_due(actor=SYSTEM, at=moment() + timedelta(days=365)) == 0


def test_the_clock_runs_from_first_knowledge(seller: Actor, lead: Actor, now: datetime) -> None:
    case = child_case(seller, now - timedelta(hours=5))
    made = reporting.create(case_id=case.public_id, actor=lead, at=now)
    assert Report.objects.get(public_id=made).known_at == now - timedelta(hours=5)
    assert reporting.create(case_id=case.public_id, actor=lead, at=now) == made


def test_a_case_that_is_reported_is_of_child_safety_from_then_on(
    seller: Actor, lead: Actor, admin: Actor, now: datetime
) -> None:
    case = child_case(seller, now, known=False)
    Case.objects.filter(pk=case.pk).update(is_child=False, policy="exploitation", queue="urgent")
    reporting.create(case_id=case.public_id, actor=lead, at=now)
    case.refresh_from_db()
    assert (case.is_child, case.queue, case.known_at) == (True, "child", now)


def test_only_what_was_reviewed_is_sent(draft: str, lead: Actor, now: datetime) -> None:
    seen = reporting.preview(report_id=draft, actor=lead, at=now)
    reporting.revise(
        report_id=draft, incident_type="Child Sex Trafficking", note="A further fact.", high_priority="",
        with_photos=False, photos_viewed=True, actor=lead, at=now,
    )  # fmt: skip
    with pytest.raises(ChangedMeanwhile):
        reporting.approve(report_id=draft, mark=seen.mark, actor=lead, at=now)
    assert approve(draft, lead, now) == "sending"


def test_a_preview_is_a_look_at_evidence(draft: str, lead: Actor, now: datetime) -> None:
    reporting.preview(report_id=draft, actor=lead, at=now)
    assert EvidenceAccess.objects.get(how="report").actor_id == lead.id


def test_a_dry_run_sends_nothing(draft: str, lead: Actor, now: datetime, settings: Any, client: Client) -> None:
    settings.DEMO, settings.CYBERTIP_URL = True, ""
    assert approve(draft, lead, now) == "checked"
    assert deliver(report_id=draft, client=client, now=lambda: now) == ""


def test_without_a_service_the_report_waits_loudly(approved: str, lead: Actor, settings: Any, now: datetime) -> None:
    settings.CYBERTIP_URL = ""
    tasks.call("safety.deliver_reports")
    (waiting,) = undelivered(actor=lead, at=now).reports
    assert "FAIRBOARD_CYBERTIP_URL" in waiting.last_error


@pytest.mark.parametrize("endpoint", ["submit", "upload", "fileinfo", "finish"])
@pytest.mark.parametrize("fault", ["before", "after", "1000", "500"])
def test_a_lost_or_refused_answer_never_doubles_anything(
    send: Callable[[], str], service: FakeTipline, moment: Clock, endpoint: str, fault: str
) -> None:
    broken: list[int] = []

    def once(asked: str, number: int) -> str:
        if asked == endpoint and not broken:
            broken.append(number)
            return fault
        return ""

    service.fault = once
    assert send() == "sending"
    assert send() == ""  # not before its time
    moment.pass_(minutes=2)
    assert send() == "finished"
    finished = [one for one in service.reports() if one["state"] == "finished"]
    assert [one["finishes"] for one in finished] == [1]
    for one in service.reports():
        sent = [file["sha256"] for file in one["files"]]
        assert len(sent) == len(set(sent))
        assert all(len(file["info"]) <= 1 for file in one["files"])
    assert len(finished[0]["files"]) == 2
    assert all(one["state"] in {"finished", "retracted", "open"} for one in service.reports())
    open_ones = [one for one in service.reports() if one["state"] == "open"]
    assert len(open_ones) == (1 if (endpoint, fault) == ("submit", "after") else 0)


def test_an_opening_whose_answer_was_lost_is_recorded_and_left_to_expire(
    send: Callable[[], str], service: FakeTipline, moment: Clock
) -> None:
    service.fault = lambda endpoint, number: "after" if number == 1 else ""
    send()
    moment.pass_(minutes=2)
    send()
    assert list(Attempt.objects.order_by("number").values_list("state", flat=True)) == ["lost", "finished"]
    moment.pass_(hours=25)
    assert service.load(service.reports()[0]["id"])["state"] == "expired"  # type: ignore[index]


def test_a_report_that_expired_is_begun_anew_from_its_start(
    send: Callable[[], str], service: FakeTipline, moment: Clock
) -> None:
    service.fault = lambda endpoint, number: "before" if endpoint == "finish" else ""
    send()
    moment.pass_(hours=25)
    service.fault = None
    assert send() == "finished"
    assert [one["state"] for one in service.reports()] == ["expired", "finished"]
    assert list(Attempt.objects.order_by("number").values_list("state", flat=True)) == ["expired", "finished"]


def test_a_service_that_is_not_there_is_tried_again_ever_more_rarely(approved: str, moment: Clock, lead: Actor) -> None:
    nobody = Client("http://127.0.0.1:9", USER, PASSWORD)
    waits = []
    for _try in range(9):
        assert deliver(report_id=approved, client=nobody, now=moment) == "sending"
        report = Report.objects.get(public_id=approved)
        assert report.next_try_at is not None
        waits.append((report.next_try_at - moment()).total_seconds() / 60)
        moment.at = report.next_try_at
    assert waits == [1, 2, 5, 10, 20, 40, 60, 60, 60]
    assert set(Step.objects.values_list("outcome", flat=True)) == {"not_sent"}


def test_a_wrong_password_needs_a_person_and_is_loud_at_once(
    approved: str, service: FakeTipline, moment: Clock, lead: Actor, moderator: Actor, outbox: list[Any]
) -> None:
    wrong = Client(service.url, USER, "wrong")
    assert deliver(report_id=approved, client=wrong, now=moment) == "failed"
    assert deliver(report_id=approved, client=wrong, now=moment) == ""
    (row,) = undelivered(actor=lead, at=moment()).reports
    assert "2000" in row.last_error
    tasks.call("ledger.deliver")
    (message,) = [one for one in outbox if "not delivered" in one.subject]
    assert message.to == ["lea@example.org"]
    assert "bicycle" not in message.body.lower()
    reporting.retry(report_id=approved, actor=lead, at=moment())
    assert deliver(report_id=approved, client=Client(service.url, USER, PASSWORD), now=moment) == "finished"
    assert not undelivered(actor=lead, at=moment()).is_any


def test_the_desk_without_child_safety_learns_that_and_nothing_more(
    approved: str, moderator: Actor, admin: Actor, buyer: Actor, moment: Clock
) -> None:
    moment.pass_(minutes=11)
    for actor in (moderator, admin):
        told = undelivered(actor=actor, at=moment())
        assert (told.is_any, told.reports) == (True, ())
        with pytest.raises(Forbidden):
            reports(actor=actor)
    assert not undelivered(actor=buyer, at=moment()).is_any


def test_nothing_of_reports_is_in_the_ledger_of_others(approved: str, lead: Actor, admin: Actor) -> None:
    told = {one.kind for one in timeline(actor=lead).items}
    assert {"safety.report.drafted", "safety.report.approved"} <= told
    assert not [one for one in timeline(actor=admin, size=200).items if one.kind.startswith("safety.report")]


def test_pages_and_services_are_closed_to_others(
    approved: str, admin: Actor, moderator: Actor, now: datetime, signed_in: Any
) -> None:
    for actor in (admin, moderator):
        client = signed_in(actor)
        assert client.get(f"/desk/reports/{approved}").status_code == 403
        assert client.get("/desk/reports").status_code == 403
        for act in (reporting.preview, reporting.retry, reporting.retract):
            with pytest.raises(Forbidden):
                act(report_id=approved, actor=actor, at=now)  # type: ignore[operator]
    case = Report.objects.get(public_id=approved).case
    assert signed_in(admin).get(f"/desk/cases/{case.public_id}/evidence").status_code == 404


def test_the_page_leads_from_draft_to_delivered(
    draft: str, lead: Actor, signed_in: Any, service: FakeTipline, settings: Any
) -> None:
    settings.CYBERTIP_URL, settings.CYBERTIP_USER, settings.CYBERTIP_PASSWORD = service.url, USER, PASSWORD
    browser, address = signed_in(lead), f"/desk/reports/{draft}"
    typed = {"act": "save", "incident_type": "Nonsense", "note": "My words stay."}
    refused = browser.post(address, typed)
    assert refused.status_code == 422
    assert "My words stay." in refused.content.decode()
    browser.post(address, {**typed, "incident_type": "Child Sex Trafficking", "with_photos": "on"})
    page = browser.get(address).content.decode()
    mark = page.split('name="mark" value="')[1].split('"')[0]
    assert "My words stay." in page.split("What will be sent")[1]
    assert browser.post(address, {"act": "send", "mark": mark}).status_code == 302
    tasks.call("safety.deliver_report", report_id=draft)
    done = browser.get(address).content.decode()
    assert service.reports()[0]["id"] in done
    assert "File information" in done


def test_a_draft_is_discarded_and_its_holds_end(draft: str, lead: Actor, now: datetime) -> None:
    assert Hold.objects.filter(source_id=draft, released_at=None).count() == 3
    assert reporting.retract(report_id=draft, actor=lead, at=now) == "discarded"
    assert not Hold.objects.filter(source_id=draft, released_at=None).exists()


def test_a_report_on_its_way_is_taken_back_but_never_a_finished_one(
    approved: str, service: FakeTipline, client: Client, moment: Clock, lead: Actor
) -> None:
    service.fault = lambda endpoint, number: "before" if endpoint == "finish" else ""
    deliver(report_id=approved, client=client, now=moment)
    reporting.retract(report_id=approved, actor=lead, at=moment())
    service.fault = None
    assert deliver(report_id=approved, client=client, now=moment) == "retracted"
    assert [one["state"] for one in service.reports()] == ["retracted"]
    again = reporting.create(case_id=Report.objects.get().case.public_id, actor=lead, at=moment())
    approve(again, lead, moment())
    assert deliver(report_id=again, client=client, now=moment) == "finished"
    with pytest.raises(Conflict, match="final"):
        reporting.retract(report_id=again, actor=lead, at=moment())


def test_a_report_finished_behind_a_lost_answer_is_not_taken_back(
    approved: str, service: FakeTipline, client: Client, moment: Clock, lead: Actor
) -> None:
    service.fault = lambda endpoint, number: "after" if endpoint == "finish" else ""
    deliver(report_id=approved, client=client, now=moment)
    with pytest.raises(Conflict):
        reporting.revise(
            report_id=approved, incident_type="Child Sex Trafficking", note="", high_priority="", with_photos=True,
            photos_viewed=False, actor=lead, at=moment(),
        )  # fmt: skip
    reporting.retract(report_id=approved, actor=lead, at=moment())
    service.fault = None
    assert deliver(report_id=approved, client=client, now=moment) == "finished"
    assert [one["finishes"] for one in service.reports()] == [1]


def test_a_report_the_service_refuses_can_be_changed_and_sent_again(
    approved: str, service: FakeTipline, client: Client, moment: Clock, lead: Actor
) -> None:
    deliver(report_id=approved, client=Client(service.url, USER, "wrong"), now=moment)
    reporting.revise(
        report_id=approved, incident_type="Child Sex Tourism", note="", high_priority="", with_photos=False,
        photos_viewed=False, actor=lead, at=moment(),
    )  # fmt: skip
    assert approve(approved, lead, moment()) == "sending"
    assert deliver(report_id=approved, client=client, now=moment) == "finished"
    (got,) = service.reports()
    assert "Child Sex Tourism" in got["document"]
    assert got["files"] == []


def test_what_cannot_be_accepted_is_not_approved(draft: str, lead: Actor, now: datetime, settings: Any) -> None:
    settings.CYBERTIP_CONTACT = ""
    settings.DEFAULT_FROM_EMAIL = ""
    seen = reporting.preview(report_id=draft, actor=lead, at=now)
    assert seen.faults
    with pytest.raises(Invalid):
        reporting.approve(report_id=draft, mark=seen.mark, actor=lead, at=now)


def test_unknown_reports_are_not_found(lead: Actor, now: datetime) -> None:
    with pytest.raises(NotFound):
        reporting.preview(report_id="nothing", actor=lead, at=now)
    with pytest.raises(NotFound):
        reporting.create(case_id="nothing", actor=lead, at=now)


def test_two_workers_do_not_send_the_same_report(
    approved: str, client: Client, moment: Clock, service: FakeTipline
) -> None:
    """While one is at it, another gets nothing to do; after ten minutes it is taken over."""
    inner: list[str] = []

    class Watching(Client):
        def submit(self, document: bytes) -> Any:
            inner.append(deliver(report_id=approved, client=client, now=moment))
            return super().submit(document)

    assert deliver(report_id=approved, client=Watching(service.url, USER, PASSWORD), now=moment) == "finished"
    assert inner == [""]
    assert len(service.reports()) == 1


def test_what_was_never_sent_is_told_from_what_was_lost(service: FakeTipline, tmp_path: Path) -> None:
    with pytest.raises(NotSent):
        Client("http://127.0.0.1:9", USER, PASSWORD).status()
    service.fault = lambda endpoint, number: "before"
    with pytest.raises(AnswerLost):
        Client(service.url, USER, PASSWORD).finish("4000001")


def test_alarms_come_again_but_not_every_minute(approved: str, moment: Clock, lead: Actor) -> None:
    nobody = Client("http://127.0.0.1:9", USER, PASSWORD)
    for _minute in range(20):
        deliver(report_id=approved, client=nobody, now=moment)
        moment.pass_(minutes=30)
    assert Event.objects.filter(kind="safety.report.undelivered").count() == 1
    moment.pass_(hours=12)
    deliver(report_id=approved, client=nobody, now=moment)
    assert Event.objects.filter(kind="safety.report.undelivered").count() == 2


def test_reports_of_a_member_who_left_still_say_who_it_was(
    seller: Actor, lead: Actor, now: datetime, client: Client, service: FakeTipline
) -> None:
    """A report is built from the evidence, not from what the account says today."""
    made = reporting.create(case_id=child_case(seller, now).public_id, actor=lead, at=now)
    Member.objects.filter(public_id=seller.id).update(email="other@example.org", display_name="Other")
    approve(made, lead, now)
    deliver(report_id=made, client=client, now=lambda: now)
    document = service.reports()[0]["document"]
    assert "sam@example.org" in document
    assert "other@example.org" not in document
    assert Evidence.objects.count() == 2


def test_addresses_of_sign_ins_are_told_when_they_are_kept(
    seller: Actor, lead: Actor, now: datetime, client: Client, service: FakeTipline
) -> None:
    member = Member.objects.get(public_id=seller.id)
    UserSession.objects.create(user=member, ip="203.0.113.7", session_key="x", user_agent="A browser")
    made = reporting.create(case_id=child_case(seller, now).public_id, actor=lead, at=now)
    approve(made, lead, now)
    deliver(report_id=made, client=client, now=lambda: now)
    document = service.reports()[0]["document"]
    assert "<ipAddress>203.0.113.7</ipAddress>" in document
    assert "<eventName>Login</eventName>" in document
