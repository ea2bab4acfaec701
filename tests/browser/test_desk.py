"""A trained person works the desk: by keys, with a colleague, with a network, a rule and an appeal."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_thin_path import post_bicycle
from tests.server import Server, serving

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
HIDDEN = "Good. Call two one two, five five five, zero one four {}."
"""Held by the gate: a number kept for fiction, in disguise."""
MOST_SECONDS = 10.0
"""A plain case takes no longer, the machine's share of it included (Measures: decisions per hour)."""
DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A market of its own: in its queues is what these tests put there."""
    with serving(tmp_path_factory.mktemp("desk") / "data", FAIRBOARD_PAGE_CACHE_SECONDS="0") as running:
        yield running


@pytest.fixture(scope="module")
def place(server: Server) -> Callable[..., str]:
    """Places an ad over the API: ``place("sam", "Title", "Text.")``; answers its id."""
    tokens: dict[str, str] = {}

    def placed(who: str, title: str, body: str, *, where: str = "de/berlin") -> str:
        token = tokens.get(who) or tokens.setdefault(who, server.token(f"{who}@example.org"))
        ad = {"title": title, "body": body, "category": "vehicles/bicycles", "place": where, "price": 90}
        answer = httpx.post(f"{server.url}/api/v1/ads", json=ad, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return placed


def open_case(page: Page, title: str, queue: str = "screening") -> str:
    """Open the case of an ad; its address."""
    page.goto(f"/desk/?queue={queue}")
    page.click(f"main a.item:has-text('{title}')")
    expect(page.locator("h1")).to_have_text(title)
    return page.url


def test_a_queue_is_worked_by_keys_alone(visit: Visit, place: Callable[..., str]) -> None:
    titles = [f"Bicycle {word}" for word in DIGITS[:4]]
    for title, word in zip(titles, DIGITS, strict=False):
        place("sam", title, HIDDEN.format(word))
    desk = visit("mod@example.org", "safety")
    desk.goto("/desk/?queue=screening")
    seen = []
    desk.keyboard.press("n")
    for key in ("a", "r", "a", "r"):
        began = time.monotonic()
        title = desk.locator(".split--case h1").inner_text()
        expect(desk.locator("main mark").first).to_contain_text("two one two")
        desk.keyboard.press(key)
        expect(desk.locator("main h1")).not_to_have_text(title)
        assert time.monotonic() - began < MOST_SECONDS
        seen.append(title)
    assert sorted(seen) == sorted(titles)
    desk.goto("/desk/?queue=screening")
    expect(desk.locator("main")).to_contain_text("Nothing waits here.")
    assert desk.locator("button[data-key=n]").count() == 0


def test_two_people_agree_before_an_account_is_closed(visit: Visit, place: Callable[..., str]) -> None:
    place("rita", "Closing bicycle", HIDDEN.format("five"))
    first, second = visit("mod@example.org", "safety"), visit("mia@example.org", "safety")
    address = open_case(first, "Closing bicycle")
    first.click("summary:has-text('Account and note')")
    first.check("[name=actions][value=close]")
    first.fill("[name=note]", "The third time.")
    first.click("button[name=outcome][value=reject]")
    expect(first).not_to_have_url(address)
    first.goto(address)
    expect(first.locator("main")).to_contain_text("A colleague confirms it.")

    second.goto(address)
    expect(second.locator("main")).to_contain_text("would refuse this")
    expect(second.locator("main")).to_contain_text("The third time.")
    second.keyboard.press("r")
    expect(second).not_to_have_url(address)
    second.goto(address)
    expect(second.locator("main")).to_contain_text("This case is decided.")
    expect(second.locator("main")).to_contain_text("by two people")


def test_a_childs_case_is_out_of_sight_without_the_permission(visit: Visit, place: Callable[..., str]) -> None:
    place("lou", "Indicator bicycle", HIDDEN.format("six"))
    finder, colleague = visit("mod@example.org", "safety"), visit("mia@example.org", "safety")
    trusted = visit("kim@example.org", "safety", grant="child_safety")
    address = open_case(finder, "Indicator bicycle")
    finder.keyboard.press("e")
    expect(finder).not_to_have_url(address)
    for page in (finder, colleague):
        for queue in ("screening", "urgent", "child"):
            page.goto(f"/desk/?queue={queue}")
            expect(page.locator("main")).not_to_contain_text("Indicator bicycle")
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
    assert open_case(trusted, "Indicator bicycle", "child") == address


def test_photos_are_blurred_until_somebody_asks(visit: Visit, photo: Path) -> None:
    seller = visit("pia@example.org")
    seller.goto("/post/vehicles/bicycles")
    for name, value in (("title", "Shown bicycle"), ("body", HIDDEN.format("seven")), ("price", "90"),
                        ("place", "Berlin")):  # fmt: skip
        seller.fill(f"[name={name}]", value)
    seller.set_input_files("[name=upload]", str(photo))
    seller.click("main form .form__actions button[name=publish]")
    seller.wait_for_url(re.compile("/posted"))

    desk = visit("mod@example.org", "safety")
    open_case(desk, "Shown bicycle")
    shown = desk.locator(".photos img").first
    assert _filter(desk) == "blur(18px) grayscale(1)"
    shown.hover()
    assert _filter(desk) == "blur(18px) grayscale(1)"
    desk.keyboard.press("p")
    expect(desk.locator("button[name=act][value=grey]")).to_have_count(0)
    assert _filter(desk) == "grayscale(1)"
    desk.click("button[name=act][value=colour]")
    expect(desk.locator("button[name=act][value=colour]")).to_have_count(0)
    assert _filter(desk) == "none"


def _filter(page: Page) -> str:
    return str(page.locator(".photos img").first.evaluate("image => getComputedStyle(image).filter"))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_the_rule_editor_adds_and_removes_rows(visit: Visit, javascript: bool) -> None:
    desk = visit("rule@example.org", "safety", javascript=javascript)
    desk.goto("/desk/rules/new")
    desk.fill("[name=name]", "Kept while typing")
    rows = desk.locator(".cond")
    expect(rows).to_have_count(1)
    desk.click("button:has-text('Add a row')")
    expect(rows).to_have_count(2)
    rows.nth(1).locator("select").first.select_option("ad.photos")
    desk.click("button.btn:has-text('Update')")
    expect(desk.locator(".cel")).to_contain_text("ad.photos")
    rows.nth(0).locator("button.btn").click()
    expect(rows).to_have_count(1)
    expect(desk.locator(".cel")).not_to_contain_text("contact.phones")
    expect(desk.locator("[name=name]")).to_have_value("Kept while typing")


def test_a_network_is_drawn_and_listed(visit: Visit, place: Callable[..., str]) -> None:
    towns = ("de/berlin", "de/hamburg", "de/munich", "de/dresden")
    things = ("Silver tandem with lamps", "Child seat and helmet", "Old racing frame, steel", "Cargo trailer, green")
    for number, (town, thing) in enumerate(zip(towns, things, strict=True)):
        place(f"ring{number}", thing, f"{thing} from the attic of number {number}. Call 030 1234 5678.", where=town)
    desk = visit("mod@example.org", "safety")
    desk.goto("/desk/networks")
    desk.click("main table a")
    expect(desk.locator("h1")).to_have_text("Network of 4 ads")
    assert desk.locator("svg.graph circle").count() == len(things)
    assert desk.locator("svg.graph rect").count() >= 1
    for thing in things:
        expect(desk.locator("main table")).to_have_count(2)
        expect(desk.locator("main")).to_contain_text(thing)


def test_an_appeal_is_decided_by_somebody_else_and_brings_the_ad_back(
    visit: Visit, photo: Path, server: Server
) -> None:
    seller, visitor = visit("ola@example.org"), visit()
    address = post_bicycle(seller, photo, "Wrongly refused bicycle")
    reporter = visit("rex@example.org")
    reporter.goto(f"{address}/report")
    reporter.check("[name=kind][value=scam]")
    reporter.fill("[name=text]", "I doubt it.")
    reporter.click("main form button")
    first, second = visit("mod@example.org", "safety"), visit("mia@example.org", "safety")
    case = open_case(first, "Wrongly refused bicycle", "notices")
    first.select_option("[name=policy]", "scam")
    first.fill("[name=reason_text]", "It looks like an offer that does not exist.")
    first.click("button[name=outcome][value=reject]")
    expect(first).not_to_have_url(case)
    assert _status(visitor, address) == 410

    seller.goto("/account/decisions")
    seller.click("main a:has-text('Wrongly refused bicycle')")
    seller.fill("[name=text]", "It stands in my hall; anybody may come and see it.")
    seller.click("button:has-text('Send the appeal')")
    expect(seller.locator("main")).to_contain_text("Your appeal")

    for person in (first, second):
        person.goto("/desk/appeals")
        person.click("main a:has-text('Wrongly refused bicycle')")
    assert first.locator("button[name=outcome]").count() == 0
    expect(first.locator("main")).to_contain_text("a colleague decides on the appeal")
    second.fill("[name=answer]", "You are right, and we are sorry. It can be seen again.")
    second.click("button[name=outcome][value=overturn]")
    expect(second.locator("button[name=outcome]")).to_have_count(0)
    assert _status(visitor, address) == 200
    expect(visitor.locator("h1")).to_have_text("Wrongly refused bicycle")
    seller.reload()
    expect(seller.locator("main")).to_contain_text("It can be seen again.")


def _status(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status
