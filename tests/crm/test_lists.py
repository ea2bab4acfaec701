"""The list page: what the address asks for is what is shown, and nothing one may not see is offered."""

import html
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from fairboard.crm.models import Profile, Seat
from fairboard.crm.queries.lanes import counted_by, lanes
from fairboard.crm.queries.records import readable
from fairboard.crm.queries.views import tree_of
from fairboard.crm.services.records import update_record
from fairboard.crm.services.views import save_view
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from tests.crm import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sales: Actor, signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(sales)


def body(browser: Client, address: str, **given: Any) -> str:
    answer = browser.get(address, given)
    assert answer.status_code == 200, answer.content[:500]
    return html.unescape(answer.content.decode())


def test_every_type_has_its_list(browser: Client, sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes Ltd", city="Bern")
    made(sales, now, "deal", name="Big deal", account=account.id, amount=1200)
    for key in ("account", "deal", "lead", "task", "product", "mail", "quote_line"):
        body(browser, f"/crm/{key}/")
    page = body(browser, "/crm/deal/")
    assert "Big deal" in page
    assert f"/crm/account/{account.id}/" in page  # the relation is a link with its name
    assert "Bikes Ltd" in page
    assert "1,200" in page
    assert "Sally" in page
    assert browser.get("/crm/nothing/").status_code == 404


def test_a_filter_tree_in_the_address(browser: Client, sales: Actor, now: datetime) -> None:
    for name, city in (("A1", "Bern"), ("B2", "Basel"), ("C3", "Bern")):
        made(sales, now, "account", name=name, city=city)
    tree = {
        "and": [{"field": "city", "op": "eq", "value": "Bern"}, {"not": {"field": "name", "op": "eq", "value": "C3"}}]
    }
    page = body(browser, "/crm/account/", _filter=json.dumps(tree))
    assert ">A1<" in page
    assert ">B2<" not in page
    assert ">C3<" not in page
    page = body(browser, "/crm/account/", city="Basel")
    assert ">B2<" in page
    assert ">A1<" not in page
    page = body(browser, "/crm/account/", _q="c3")
    assert ">C3<" in page
    assert ">A1<" not in page


@pytest.mark.parametrize("bad", ["{", '{"field": "nothing", "op": "eq", "value": 1}', '{"and": 3}', "5", '"x"',
                                 '{"field": "name", "op": "lt", "value": {"a": 1}}', '[[[[[[[[[[' * 50])  # fmt: skip
def test_a_filter_that_cannot_be_used_shows_nothing(browser: Client, sales: Actor, now: datetime, bad: str) -> None:
    made(sales, now, "account", name="Secretive")
    page = body(browser, "/crm/account/", _filter=bad)
    assert "This list cannot be shown as asked." in page
    assert "Secretive" not in page


def test_sorting_and_pages(browser: Client, sales: Actor, now: datetime) -> None:
    for number in range(53):
        made(sales, now, "account", name=f"N{number:02}", city=f"{52 - number:02}")
    page = body(browser, "/crm/account/", _sort="city")
    assert page.index(">N52<") < page.index(">N10<")
    assert ">N00<" not in page
    address = page.split('rel="next" href="')[1].split('"')[0]
    second = browser.get(address).content.decode()
    assert ">N00<" in second
    assert 'aria-sort="ascending"' in second
    assert "-city" in page  # the heading turns it round
    assert browser.get("/crm/account/?_cursor=nonsense").status_code == 200


def test_columns_can_be_chosen_and_moved(browser: Client, sales: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Bikes")
    answer = browser.get("/crm/account/?_c=name&_c=phone&_c=city&_move=up:city")
    assert answer.status_code == 302
    assert "_columns=name%2Ccity%2Cphone" in answer["Location"]
    page = body(browser, answer["Location"])
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    assert head.index("City") < head.index("Phone")
    assert "Country" not in head


def test_the_builder_works_without_javascript(browser: Client, sales: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Near", city="Bern")
    made(sales, now, "account", name="Far", city="Rome")
    parts: dict[str, Any] = {"g.0": "all", "f.0.0": "city"}
    page = browser.post("/crm/account/filter/", {**parts, "do": "check"}).content.decode()
    assert 'name="o.0.0"' in page
    page = browser.post("/crm/account/filter/", {**parts, "do": "group:0"}).content.decode()
    assert 'name="g.0.1"' in page
    page = browser.post("/crm/account/filter/", {**parts, "g.0.1": "any", "f.0.1.0": "name", "do": "drop:0.0"}).content
    assert b'name="g.0.0"' in page
    whole = {"g.0": "none", "f.0.0": "city", "o.0.0": "eq", "v.0.0": "Rome", "g.0.1": "all", "f.0.1.0": "name",
             "o.0.1.0": "contains", "v.0.1.0": "zzz", "do": "apply"}  # fmt: skip
    answer = browser.post("/crm/account/filter/", whole)
    assert answer.status_code == 302
    page = body(browser, answer["Location"])
    assert ">Near<" in page
    assert ">Far<" not in page
    again = browser.get(answer["Location"].replace("/crm/account/", "/crm/account/filter/")).content.decode()
    assert 'value="none" selected' in again
    assert 'value="Rome"' in again
    wrong = browser.post(
        "/crm/account/filter/", {"g.0": "all", "f.0.0": "city", "o.0.0": "eq", "v.0.0": "", "do": "apply"}
    )
    assert b"Give a value." in wrong.content


def test_the_builder_takes_names_of_records(browser: Client, sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes")
    made(sales, now, "deal", name="With", account=account.id)
    made(sales, now, "deal", name="Without")
    answer = browser.post(
        "/crm/deal/filter/", {"g.0": "all", "f.0.0": "account", "o.0.0": "eq", "v.0.0": "bikes", "do": "apply"}
    )
    page = body(browser, answer["Location"])
    assert ">With<" in page
    assert ">Without<" not in page


def test_a_view_is_saved_shared_and_opened(
    browser: Client, sales: Actor, crm_admin: Actor, signed_in: Callable[[Actor], Client], now: datetime
) -> None:
    made(sales, now, "account", name="Mine", city="Bern")
    made(crm_admin, now, "account", name="Hers", city="Bern")
    tree = json.dumps({"field": "owner", "op": "eq", "value": "me"})
    address = f"/crm/account/save-view/?_filter={tree}&city=Bern&_sort=-name&_columns=name,city"
    assert browser.post(address, {"name": " "}).status_code == 200
    answer = browser.post(address, {"name": "My own in Bern", "shared": "yes"})
    assert answer.status_code == 302, answer.content
    page = body(browser, answer["Location"])
    assert "My own in Bern" in page
    assert "Owner = me" in page
    assert sales.id not in page.partition('class="crm-said"')[2].partition("</ul>")[0]
    assert ">Mine<" in page
    assert ">Hers<" not in page
    hers = signed_in(crm_admin).get(answer["Location"]).content.decode()
    assert ">Hers<" in hers  # "me" is whoever reads it
    assert ">Mine<" not in hers


def test_an_own_view_is_nobody_elses(
    sales: Actor, crm_admin: Actor, signed_in: Callable[[Actor], Client], now: datetime
) -> None:
    saved = save_view(type_key="account", name="Private", actor=sales, at=now)
    other = signed_in(crm_admin)
    assert other.get(f"/crm/account/?_view={saved.id}").status_code == 404
    assert other.get(f"/crm/views/{saved.id}/").status_code == 404
    browser = signed_in(sales)
    assert browser.post(f"/crm/views/{saved.id}/", {"do": "delete"}).status_code == 302
    assert browser.get(f"/crm/account/?_view={saved.id}").status_code == 404


def test_today_and_me_in_filters(sales: Actor, now: datetime) -> None:
    seat, info = readable(sales, "task")
    tree = tree_of({"field": "due_on", "op": "between", "value": ["today-1", "today+7"]}, seat, info, at=now)
    assert [one.isoformat() for one in tree.value] == ["2026-11-01", "2026-11-09"]  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        tree_of({"field": "due_on", "op": "eq", "value": "today+99999"}, seat, info, at=now)


def test_a_hidden_field_is_nowhere(sales: Actor, signed_in: Callable[[Actor], Client], now: datetime) -> None:
    made(sales, now, "account", name="Bikes", vat_id="CHE-123", industry="retail")
    profile = Profile.objects.create(
        key="narrow", label="Narrow", rights={"*": {"read": "all", "edit": "all"}}, permissions=["bulk", "views"],
        fields={"account.vat_id": "hidden", "account.industry": "hidden", "account.latitude": "hidden",
                "deal.pipeline": "hidden", "deal.amount": "hidden"},
    )  # fmt: skip
    Seat.objects.create(member_id=sales.id, profile=profile)
    browser = signed_in(sales)
    for address in (
        "/crm/account/", "/crm/account/?_columns=name,vat_id,industry", "/crm/account/?_sort=vat_id",
        "/crm/account/?_group=industry", "/crm/account/?_kind=board&_group=industry", "/crm/account/?industry=retail",
        "/crm/deal/?_kind=board", "/crm/account/?_q=%00", "/crm/search/?q=%00x", "/crm/",
        "/crm/account/filter/", "/crm/account/change-many/", "/crm/account/?_kind=calendar",
    ):  # fmt: skip
        page = body(browser, address)
        for word in ("CHE-123", "VAT number", "Line of business"):
            assert word not in page, address
    tree = json.dumps({"field": "vat_id", "op": "eq", "value": "CHE-123"})
    assert ">Bikes<" not in body(browser, "/crm/account/", _filter=tree)
    with pytest.raises(Invalid):
        counted_by(actor=sales, type_key="account", field="industry")


def test_groups_have_counts_and_sums(browser: Client, sales: Actor, now: datetime) -> None:
    for number, stage in enumerate(["qualify", "qualify", "propose"]):
        made(sales, now, "deal", name=f"D{number}", stage=stage, amount=100 * (number + 1))
    found = {
        one.key: (one.count, one.total)
        for one in counted_by(actor=sales, type_key="deal", field="stage", total_of="amount")
    }
    assert found == {"qualify": (2, 300.0), "propose": (1, 300.0)}
    won = {one.key: one.count for one in counted_by(actor=sales, type_key="deal", field="is_won")}
    assert won == {False: 3}
    page = body(browser, "/crm/deal/", _group="stage", _sum="amount")
    assert "Qualify" in page
    assert "300" in page
    by_owner = lanes(actor=sales, type_key="deal", field="owner", tree=None, sort="-id")
    assert [(one.label, one.count) for one in by_owner] == [("Sally", 3)]
    yes = lanes(actor=sales, type_key="deal", field="is_won", tree=None, sort="-id")
    assert [(one.key, one.count, len(one.rows)) for one in yes] == [("yes", 0, 0), ("no", 3, 3)]


def test_a_value_is_changed_where_it_stands(browser: Client, sales: Actor, now: datetime) -> None:
    row = made(sales, now, "deal", name="Deal", amount=100)
    form = browser.get(f"/crm/deal/{row.id}/cell/amount/").content.decode()
    assert 'value="100"' in form
    saved = browser.post(
        f"/crm/deal/{row.id}/cell/amount/", {"value": "250.50", "version": row.version}, HTTP_HX_REQUEST="true"
    )
    assert "250.50" in saved.content.decode()
    stale = browser.post(
        f"/crm/deal/{row.id}/cell/amount/", {"value": "3", "version": row.version}, HTTP_HX_REQUEST="true"
    )
    assert "Somebody else has changed this" in stale.content.decode()
    bad = browser.post(f"/crm/deal/{row.id}/cell/amount/", {"value": "much"}, HTTP_HX_REQUEST="true").content.decode()
    assert 'value="much"' in bad  # what was typed stays
    assert 'role="alert"' in bad
    assert browser.get(f"/crm/deal/{row.id}/cell/expected/").status_code == 403
    assert browser.get(f"/crm/deal/{row.id}/cell/nothing/").status_code == 404
    assert browser.get(f"/crm/account/{row.id}/cell/name/").status_code == 404


def test_what_one_may_not_change_is_refused_where_it_stands(
    sales: Actor, crm_admin: Actor, signed_in: Callable[[Actor], Client], now: datetime
) -> None:
    row = made(crm_admin, now, "deal", name="Hers")
    answer = signed_in(sales).post(f"/crm/deal/{row.id}/cell/amount/", {"value": "1"}, HTTP_HX_REQUEST="true")
    assert b'role="alert"' in answer.content
    mine = made(sales, now, "deal", name="Mine")
    browser = signed_in(sales)
    assert f"/crm/deal/{mine.id}/cell/owner/" in html.unescape(browser.get("/crm/deal/").content.decode())
    given = {"value": crm_admin.id, "version": mine.version}
    assert b"Ada" in browser.post(f"/crm/deal/{mine.id}/cell/owner/", given, HTTP_HX_REQUEST="true").content


def test_the_home_page(browser: Client, sales: Actor, now: datetime) -> None:
    made(sales, now, "task", subject="Call them", due_on="2000-01-01", status="open")
    made(sales, now, "task", subject="All done", due_on="2000-01-01", status="done")
    made(sales, now, "deal", name="A deal", amount=777)
    lead = made(sales, now, "lead", last_name="Newcomer")
    assert browser.get(f"/crm/lead/{lead.id}/").status_code == 200
    page = body(browser, "/crm/")
    for word in ("Call them", "777", "Newcomer", "overdue"):
        assert word in page
    assert "All done" not in page
    assert page.count("Newcomer") == 2  # the newest lead, and looked at last


def test_search_page_and_suggestions(browser: Client, sales: Actor, now: datetime) -> None:
    row = made(sales, now, "account", name="Bikes <Ltd>")
    page = body(browser, "/crm/search/", q="bik")
    assert "<Ltd>" not in browser.get("/crm/search/?q=bik").content.decode()
    assert "Bikes <Ltd>" in page
    found = browser.get("/crm/search/suggest/?q=bik").json()
    assert [one["id"] for one in found["records"]] == [row.id]
    assert any(
        one["href"] == "/crm/account/new/" for one in browser.get("/crm/search/suggest/?q=account").json()["commands"]
    )
    assert browser.get("/crm/search/suggest/?q=bik&type=deal").json() == {"records": []}


def test_a_list_costs_few_queries(
    browser: Client, sales: Actor, now: datetime, django_assert_max_num_queries: Any
) -> None:
    account = made(sales, now, "account", name="Bikes")
    for number in range(30):
        row = made(sales, now, "deal", name=f"D{number}", account=account.id)
    update_record(record_id=row.id, values={"amount": 3}, actor=sales, at=now)
    browser.get("/crm/deal/")
    with django_assert_max_num_queries(32):
        browser.get("/crm/deal/")
