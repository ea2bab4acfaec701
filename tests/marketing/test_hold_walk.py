"""Every way to an account on hold, in one walk: each is refused, and each refusal is on its ledger.

``python -m pytest -s tests/marketing/test_hold_walk.py`` prints the table.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fairboard.crm.models import AccountHold
from fairboard.crm.queries.records import RecordRow
from fairboard.crm.services import automations, bulk, exports, job_runs, running
from fairboard.crm.services.records import update_record
from fairboard.crm.services.ties import tie_members
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.ledger.queries import events_between
from fairboard.marketing.services import journey_running, mailings, segments
from tests.api.client import Caller
from tests.crm import made
from tests.crm.test_import import imported
from tests.crm.test_jobs import upload
from tests.crm.test_record_pages import form_of
from tests.market.test_import import DEALER
from tests.market.test_import import run as dealers_file
from tests.marketing import journeys_made
from tests.marketing import made as mails
from tests.people import client_of, make_member

pytestmark = pytest.mark.django_db
FEWEST = 20


class Company:
    """An account with all that belongs to it, which is then put on hold."""

    def __init__(self, sales: Actor, admin: Actor, at: datetime, folder: Path) -> None:
        self.sales, self.admin, self.at, self.folder = sales, admin, at, folder
        self.page, self.api = client_of(sales), Caller(sales)
        new = self.new
        self.seller = make_member("seller")
        self.account = new("account", name="Held Ltd", email="held@example.org", external_id="A1")
        tie_members(account_id=self.account.id, member_ids=[self.seller.id], actor=sales, at=at)
        self.contact = new("contact", last_name="Held", email="boss@example.org", account=self.account.id)
        self.deal = new("deal", name="A year", account=self.account.id, external_id="D1")
        self.quote = new("quote", name="Offer", deal=self.deal.id)
        self.campaign = new("campaign", name="Spring")
        self.segment = segments.save_segment(name="All", type_key="contact", tree=None, actor=sales, at=at)
        self.journey = journeys_made.live(at, [journeys_made.mail("s1", at)])
        journeys_made.add(self.journey, at, self.contact)
        self.robot = automations.create(name="Robot", actor=admin, at=at)
        automations.save(
            automation_id=self.robot, trigger={"kind": "changed", "type": "deal"}, steps=[{"do": "assign"}],
            actor=admin, at=at,
        )  # fmt: skip
        automations.publish(automation_id=self.robot, actor=admin, at=at)
        update_record(record_id=self.deal.id, values={"description": "set off"}, actor=sales, at=at)
        audience = {"kind": "segment", "id": self.segment, "by": sales.id}
        self.mailing = mails.mailing(at, [], audience=audience)
        self.queued = mails.started(at, [], audience=audience, throttle=1)
        mails.mailer.housekeeping(lambda: at)  # its recipients are in the queue before the hold

    def new(self, type_key: str, **values: Any) -> RecordRow:
        """A record of sales."""
        return made(self.sales, self.at, type_key, **values)

    def posted(self, path: str, **fields: Any) -> None:
        """A form of a page."""
        assert self.page.post(path, fields).status_code in {200, 302, 409, 422}, path

    def asked(self, method: str, path: str, body: Any) -> None:
        """A request to the API, which answers that this cannot be now."""
        answer = getattr(self.api, method)(path, body)
        assert answer.status_code == 409, (path, answer.status_code, answer.content)

    def changed(self, type_key: str, row: RecordRow, source: str = "page", **values: Any) -> None:
        """A change by a service, as the program's own parts make it."""
        update_record(record_id=row.id, values=values, actor=self.sales, at=self.at, source=source)

    def job(self) -> None:
        """A bulk job over the API."""
        job = self.api.post("/crm/jobs", {"type": "deal", "operation": "update", "key": "external_id"}).json()["id"]
        upload(self.api, job, 1, "external_id,stage\nD1,meet\n")
        self.api.post(f"/crm/jobs/{job}/close")
        job_runs.run_due(now=clock.now)

    def fed(self) -> None:
        """The dealer's own file of ads."""
        path = self.folder / "dealer.csv"
        path.write_text(DEALER, encoding="utf-8")
        dealers_file(path, self.seller, "vehicles/cars")

    def edited(self) -> None:
        """The form of the deal."""
        path = f"/crm/deal/{self.deal.id}/edit/"
        opened = form_of(self.page, path)
        typed = {key: value for key, value in json.loads(opened["_was"]).items() if value}
        self.posted(path, **opened, **typed | {"amount": "9"})

    def lines(self) -> None:
        """A line of the quote."""
        line = {"id": "", "product": "", "name": "Ad", "quantity": "1", "price": "5", "discount": ""}
        self.posted(
            f"/crm/quote/{self.quote.id}/lines/", **{f"line.{key}": one for key, one in line.items()}, op="save"
        )

    def mailed(self, mailing_id: str) -> None:
        """Have a mailing go out."""
        if mailing_id == self.mailing:
            mailings.schedule(mailing_id=mailing_id, starts_at=self.at, actor=mails.OPERATOR, at=self.at)
        for minute in range(3):
            mails.run(mails.later(self.at, minutes=minute))

    def ways(self) -> dict[str, Callable[[], object]]:
        """What is tried, by a name for the table."""
        deal, contact = self.deal.id, self.contact.id
        file = {"type_key": "deal", "mode": "update", "match": "external_id"}
        bulk_edit = {"type_key": "deal", "act": "edit", "ids": [deal], "given": {"stage": "meet"}}
        return {
            "page: stage": lambda: self.posted(f"/crm/deal/{deal}/stage/", stage="meet"),
            "page: edit the deal": self.edited,
            "page: cell of the list": lambda: self.posted(f"/crm/deal/{deal}/cell/amount/", value="9", amount="9"),
            "page: card on the board": lambda: self.posted("/crm/deal/move/", id=deal, field="stage", value="meet"),
            "page: lines of a quote": self.lines,
            "API: stage": lambda: self.asked("patch", f"/objects/deal/{deal}", {"values": {"stage": "meet"}}),
            "API: new deal": lambda: self.asked(
                "post", "/objects/deal", {"values": {"name": "N", "account": self.account.id}}
            ),
            "API: new quote": lambda: self.asked("post", "/objects/quote", {"values": {"name": "N", "deal": deal}}),
            "API: new invoice": lambda: self.asked(
                "post", "/objects/invoice", {"values": {"number": "9", "account": self.account.id}}
            ),
            "API: campaign member": lambda: self.asked(
                "post", "/objects/campaign_member", {"values": {"campaign": self.campaign.id, "contact": contact}}
            ),
            "import: a file": lambda: imported(
                self.admin, self.at, self.folder, "External id,Stage\nD1,meet\n", "deals.csv", **file
            ),
            "job: over the API": self.job,
            "bulk edit": lambda: bulk.start(actor=self.sales, at=self.at, **bulk_edit),
            "automation that was set off before": lambda: running.run_due(at=self.at),
            "journey they are on": lambda: journey_running.tick(at=self.at),
            "mailing: in the queue before": lambda: self.mailed(self.queued),
            "mailing: chosen after": lambda: self.mailed(self.mailing),
            "export of a segment": lambda: b"".join(
                self.page.post(f"/marketing/segments/{self.segment}/export").streaming_content  # type: ignore[attr-defined]
            ),
            "export of contacts": lambda: exports.ask(type_key="contact", format="csv", actor=self.sales, at=self.at),
            "feed of the dealer": self.fed,
            "service: a quote is sent": lambda: self.changed("quote", self.quote, status="sent"),
            "service: written by a journey": lambda: self.changed("contact", self.contact, "journey", city="Bern"),
            "service: written by a campaign": lambda: self.changed("contact", self.contact, "campaign", city="Bern"),
        }  # fmt: skip


def refused(account_id: str) -> list[str]:
    """What was refused so far, as the ledger says it."""
    found = events_between(kinds=["crm.hold.refused"], subject_kind="crm.account", subject_id=account_id)
    return [f"{one.data['act']} ({str(one.data['source']).split()[0]})" for one in found]


def test_no_way_leads_to_an_account_on_hold(
    sink: Path, sales: Actor, admin: Actor, lead: Actor, tmp_path: Path
) -> None:
    at = clock.now()
    company = Company(sales, admin, at, tmp_path)
    before = {row.id: row.values for row in (company.deal, company.quote, company.contact)}
    AccountHold.objects.create(account_id=company.account.pk, by=lead.id, at=at)
    table = []
    for way, act in company.ways().items():
        known = len(refused(company.account.id))
        try:
            act()
        except Problem as problem:
            said = problem.detail
        else:
            said = "left out"
        told = refused(company.account.id)[known:]
        table.append((way, said[:60], ", ".join(told)))
    print(*[f"{way:40} {said:62} {told}" for way, said, told in table], sep="\n")
    assert [way for way, _said, told in table if not told] == []  # nothing is refused that the ledger does not tell
    assert len(table) >= FEWEST
    assert mails.got(sink) == []
    for row in (company.deal, company.quote, company.contact):
        now_kept = company.api.get(f"/objects/{row.type_key}/{row.id}").json()["values"]
        assert now_kept.get("stage") == before[row.id].get("stage")
        assert now_kept.get("city") == before[row.id].get("city")
