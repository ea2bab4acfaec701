"""Somebody without an account places an ad with a photo on a telephone: what they wrote first is what is published."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_thin_path import wait_for_mail
from tests.server import Server

pytestmark = pytest.mark.browser
LONGEST = 60.0
"""Seconds the whole may take a machine that types without thinking: two minutes is what a person gets."""


def test_a_newcomer_posts_with_a_photo_before_having_an_account(
    visit: Callable[..., Page], server: Server, photo: Path, tmp_path: Path
) -> None:
    page = visit(phone=True)
    bad = tmp_path / "script.jpg"
    bad.write_bytes(b"<script>alert(1)</script>")
    began = time.monotonic()
    page.goto("/post")
    page.set_input_files("[data-uploader]", [str(photo), str(bad), str(photo)])
    expect(page.locator("[data-notes] li")).to_have_count(2)
    expect(page.locator("[data-notes]")).to_contain_text("script.jpg: This is not a photo")
    expect(page.locator("[data-notes]")).to_contain_text("in the ad already")
    page.fill("[name=title]", "Hardly used city bicycle")
    expect(page.locator("#suggestions .chip[aria-pressed=true]")).to_have_text("Bicycles")
    page.select_option("[name='attributes.kind']", "city")
    page.fill("[name=body]", "Bought last year, two trips to the market. Lights and a basket come with it.")
    page.fill("[name=price]", "140")
    page.fill("[name=place]", "Berlin")
    expect(page.locator("[data-saved]")).to_have_text("Draft kept", timeout=10_000)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click(".poster__go button[name=publish]")
    page.wait_for_url(re.compile("/account/signup/"))
    page.fill("[name=email]", "newcomer390@example.org")
    page.fill("[name=display_name]", "Nora")
    page.fill("[name=password1]", "a long enough secret")
    page.click("main form button")
    mail = wait_for_mail(server, having="newcomer390@example.org")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail, re.MULTILINE)
    assert code, mail
    page.fill("[name=code]", code[1])
    page.click("main form button")
    expect(page.locator(".preview")).to_contain_text("Hardly used city bicycle")
    expect(page.locator("[name=price]")).to_have_value("140")
    page.click(".preview button[name=publish]")
    page.wait_for_url(re.compile(r"/ad/\w+/posted"))
    expect(page.locator("main")).to_contain_text("Your ad is live")
    took = time.monotonic() - began
    print(f"a newcomer's ad took {took:.1f} s")
    assert took < LONGEST
    page.goto(page.url.removesuffix("/posted"))
    expect(page.locator("h1")).to_have_text("Hardly used city bicycle")
    expect(page.locator(".gallery figure")).to_have_count(1)


def test_photos_are_ordered_turned_and_seen_large(visit: Callable[..., Page], tmp_path: Path) -> None:
    from tests.market.photos import jpeg

    paths = []
    for colour in ("red", "blue"):
        paths.append(tmp_path / f"{colour}.jpg")
        paths[-1].write_bytes(jpeg(colour=colour))
    page = visit("order@example.org")
    page.goto("/post/vehicles/bicycles")
    page.set_input_files("[data-uploader]", [str(one) for one in paths])
    expect(page.locator(".shot[data-photo]")).to_have_count(2)
    first = page.locator(".shot").nth(0).get_attribute("data-photo")
    page.locator(".shot").nth(0).locator("[data-shot-tool=later]").click()
    expect(page.locator(".shot").nth(1)).to_have_attribute("data-photo", str(first))
    page.locator(".shot").nth(0).locator("[data-shot-tool=rotate]").click()
    expect(page.locator(".shot").nth(0).locator("img")).to_have_attribute("width", "480")
    page.fill("[name=title]", "Bicycle in two pictures")
    page.fill("[name=body]", "A bicycle that is seen from both of its sides.")
    page.fill("[name=price]", "90")
    page.fill("[name=place]", "Berlin")
    page.click(".poster__go button[name=publish]")
    page.wait_for_url(re.compile("/posted"))
    page.goto(page.url.removesuffix("/posted"))
    page.locator("[data-gallery]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-thumb='2']")).to_have_attribute("aria-current", "true")
    page.locator(".gallery figure").nth(1).locator("a").click()
    expect(page.locator("[data-lightbox-count]")).to_have_text("2 / 2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-lightbox-count]")).to_have_text("1 / 2")
    page.keyboard.press("Escape")
    expect(page.locator("[data-lightbox]")).not_to_be_visible()
