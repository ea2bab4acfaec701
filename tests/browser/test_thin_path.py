"""From choosing a city to the decision of the desk, as people do it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.server import Server

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
TITLE = "Red city bicycle"


def wait_for_mail(server: Server, *, having: str) -> str:
    """The newest mail with this in it; the worker sends it within seconds."""
    for _ in range(150):
        for text in reversed(server.mails()):
            if having in text:
                return text
        time.sleep(0.1)
    raise AssertionError(f"no mail with {having!r} in {len(server.mails())} mails")


def post_bicycle(page: Page, photo: Path, title: str = TITLE) -> str:
    """Place an ad; returns its address."""
    page.goto("/post/vehicles/bicycles")
    page.fill("[name=title]", title)
    page.fill("[name=body]", "A comfortable bicycle with 28 inch wheels, serviced last month.")
    page.fill("[name=price]", "120")
    page.fill("[name=place]", "Berlin")
    page.select_option("[name='attributes.condition']", "good")
    page.set_input_files("[name=upload]", str(photo))
    page.click("main form .form__actions button[name=publish]")
    page.wait_for_url(re.compile(r"/ad/\w+/posted"))
    return page.url.removesuffix("/posted")


def test_sign_up_with_a_code_from_the_mail(visit: Visit, server: Server) -> None:
    page = visit()
    page.goto("/account/signup/")
    page.fill("[name=email]", "newcomer@example.org")
    page.fill("[name=display_name]", "Newcomer")
    page.fill("[name=password1]", "a long enough secret")
    page.click("main form button")
    mail = wait_for_mail(server, having="newcomer@example.org")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail, re.MULTILINE)
    assert code, mail
    page.fill("[name=code]", code[1])
    page.click("main form button")
    page.goto("/account/")
    expect(page.locator("h1")).to_have_text("Newcomer")


def test_an_ad_is_posted_found_answered_reported_and_decided(visit: Visit, server: Server, photo: Path) -> None:
    seller = visit("sam@example.org")
    address = post_bicycle(seller, photo)
    expect(seller.locator("main")).to_contain_text("Everybody can see this now")

    visitor = visit(phone=True)
    visitor.goto("/places")
    visitor.fill("main [name=q]", "berlin")
    visitor.press("main [name=q]", "Enter")
    visitor.goto("/in/de/berlin/for/vehicles/bicycles/?q=city+bicycle&condition=good&price.lte=200")
    visitor.click(f"text={TITLE}")
    expect(visitor.locator("h1")).to_have_text(TITLE)
    assert visitor.locator("main img").first.evaluate("image => image.complete && image.naturalWidth > 0")

    buyer = visit("bea@example.org")
    buyer.goto(address)
    buyer.click('aside a:has-text("Write to the seller")')
    buyer.fill("[name=text]", "Is it still there?")
    buyer.click("main form button")
    expect(buyer.locator("main")).to_contain_text("Is it still there?")
    mail = wait_for_mail(server, having="Is it still there?")
    assert "bea@example.org" not in mail

    seller.goto("/messages/")
    expect(seller.locator("main .item").first).to_contain_text(TITLE)
    seller.click("main .item a")
    seller.fill("[name=text]", "Yes, come by.")
    seller.click("main form button")
    buyer.reload()
    expect(buyer.locator("main")).to_contain_text("Yes, come by.")

    buyer.goto(f"{address}/report")
    buyer.check("[name=kind][value=scam]")
    buyer.fill("[name=text]", "The price seems wrong.")
    buyer.click("main form button")
    expect(buyer.locator("main")).to_contain_text("receipt", ignore_case=True)

    desk = visit("mod@example.org", "safety")
    desk.goto("/desk/?queue=notices")
    desk.click(f"text={TITLE}")
    expect(desk.locator("main")).to_contain_text("The price seems wrong.")
    desk.select_option("[name=policy]", "contact")
    desk.fill("[name=reason_text]", "The photo shows a telephone number.")
    desk.click("button[name=outcome][value=reject]")
    wait_for_mail(server, having="The photo shows a telephone number.")
    seller.goto(address)
    expect(seller.locator("main")).to_contain_text("The photo shows a telephone number.")
    answer = visitor.goto(address)
    assert answer is not None
    assert answer.status == 410


def test_a_held_ad_says_why_and_keeps_what_was_typed(visit: Visit, photo: Path) -> None:
    page = visit("paula@example.org")
    page.goto("/post/vehicles/bicycles")
    page.fill("[name=title]", "Blue bicycle")
    page.fill("[name=body]", "Good. Call two one two, five five five, zero one four seven.")
    page.fill("[name=place]", "Nowhere in particular")
    page.fill("[name=price]", "cheap")
    page.click("main form .form__actions button[name=publish]")
    expect(page.locator("[name=body]")).to_have_value(re.compile("zero one four seven"))
    expect(page.locator("main")).to_contain_text("Write the price as a number")
    page.fill("[name=place]", "Berlin")
    page.fill("[name=price]", "90")
    page.click("main form .form__actions button[name=publish]")
    page.wait_for_url(re.compile("/posted"))
    expect(page.locator("mark").first).to_contain_text("two one two")


def test_next_page_and_order(visit: Visit, server: Server, photo: Path) -> None:
    for number in range(26):
        token = server.environment.setdefault("TEST_TOKEN", "") or server.token("many@example.org")
        server.environment["TEST_TOKEN"] = token
        _place(server, token, f"Collapsible bicycle number {number}", 100 + number)
    page = visit()
    page.goto("/in/de/berlin/?q=collapsible")
    first = page.locator(".card__title").first.inner_text()
    assert first == "Collapsible bicycle number 25"
    page.click("a[rel=next]")
    assert page.locator(".card__title").count() == 2
    page.goto("/in/de/berlin/?q=collapsible&sort=price")
    assert page.locator(".card__title").first.inner_text() == "Collapsible bicycle number 0"


def _place(server: Server, token: str, title: str, price: int) -> None:
    import httpx

    body = {
        "title": title, "body": "A bicycle that folds.", "category": "vehicles/bicycles", "place": "de/berlin",
        "price": price,
    }  # fmt: skip
    answer = httpx.post(f"{server.url}/api/v1/ads", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.text


def test_the_path_works_without_javascript(visit: Visit, server: Server) -> None:
    page = visit()
    context = page.context.browser.new_context(base_url=server.url, java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto("/")
    plain.fill("header [name=q]", "bicycle")
    plain.press("header [name=q]", "Enter")
    expect(plain.locator("h1")).to_be_visible()
    context.close()
