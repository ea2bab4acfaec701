"""Every page in Chromium: no WCAG violation axe can find, no inline style, no sideways scrolling."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.test_thin_path import post_bicycle
from tests.server import Server

pytestmark = pytest.mark.browser
VISITOR = [
    "/", "/about", "/safety", "/rules", "/privacy", "/language", "/places", "/places?q=ber", "/places?country=de",
    "/search?q=bicycle",
    "/in/de/berlin/", "/in/de/berlin/for/vehicles/bicycles/?price.gte=abc", "/post", "/post?title=bicycle",
    "/account/login/", "/account/signup/", "/account/password/reset/", "/nothing-here", "{ad}", "{ad}/report",
    "/take-it-down", "/transparency",
]  # fmt: skip
MEMBER = [
    "/my/ads", "/messages/", "/post/vehicles/cars", "{ad}", "{ad}/edit", "{ad}/posted", "{ad}/history", "/account/",
    "/account/email/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/", "/account/sessions/", "/account/password/change/",
    "/account/trader",
]  # fmt: skip
DESK = [
    "/desk/", "/desk/?queue=screening", "/desk/rules", "/desk/ledger", "{case}", "/account/members",
    "/desk/orders", "/desk/orders/new", "/desk/takedowns", "/desk/traders", "/desk/risks", "/desk/risks/new/eu-dsa",
    "/desk/metrics", "/desk/samples",
]  # fmt: skip
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="module")
def market(server: Server) -> dict[str, str]:
    """Filled with the first test: an ad, and a held one in the queue."""
    return {}


def look(page: Page, path: str) -> list[str]:
    """What is wrong with a page."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(path)
    if page.evaluate("window.innerWidth") < 760:  # at the end of a page its bar lies over nothing
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    found: Any = Axe().run(page, options=RULES)
    problems = [f"{path}: {one['id']} {one['nodes'][0]['target']}" for one in found.response["violations"]]
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width[0] > width[1]:
        problems.append(f"{path}: {width[0]} pixels wide on a screen of {width[1]}")
    return problems + [f"{path}: {text}" for text in said]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(
    visit: Callable[..., Page], server: Server, market: dict[str, str], photo: Path, phone: bool, scheme: str
) -> None:
    owner = visit("axel@example.org", phone=phone, scheme=scheme)
    if not market:
        market["ad"] = post_bicycle(owner, photo, "Axe bicycle")
        owner.goto("/post/vehicles/bicycles")
        owner.fill("[name=title]", "Held bicycle")
        owner.fill("[name=body]", "Good. Call two one two, five five five, zero one four seven.")
        owner.fill("[name=price]", "90")
        owner.fill("[name=place]", "Berlin")
        owner.click("main form .form__actions button[name=publish]")
    desk = visit("ada@example.org", "admin", phone=phone, scheme=scheme)
    if "case" not in market:
        desk.goto("/desk/?queue=screening")
        market["case"] = desk.url.split("/desk")[0] + str(
            desk.locator("main a[href*='/cases/']").first.get_attribute("href")
        )
    visitor = visit(phone=phone, scheme=scheme)
    problems: list[str] = []
    for page, paths in ((visitor, VISITOR), (owner, MEMBER), (desk, DESK)):
        for path in paths:
            problems += look(page, path.format(**market))
    assert problems == []
