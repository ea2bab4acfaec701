"""Every page in Chromium: no WCAG violation axe can find, no inline style, no sideways scrolling."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.test_thin_path import post_bicycle
from tests.database import KIND
from tests.server import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(KIND == "postgresql", reason="the pages are the same whatever database they come from"),
]
CUT = """(() => {
    const scrolls = one => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
    return [...document.querySelectorAll("main .panel, main form, main table")].filter(one =>
        one.getBoundingClientRect().width && one.getBoundingClientRect().right > innerWidth + 1
        && !scrolls(one.parentElement)).map(one => one.className || one.tagName);
})()"""
"""What of a page's content stands out of the window and is in nothing that scrolls."""
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
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
    "/account/trader", "/account/settings", "/account/data", "{ad}/sold-to",
]  # fmt: skip
SELLER = ["/account/decisions", "{decision}", "{appealed}", "{receipt}", "{takedown_receipt}"]
"""Of a member whose ads were refused; what they asked for, and where it stands."""
DESK = ["/desk/", "/desk/?queue=screening", "/desk/rules", "/desk/ledger", "{case}", "/account/members"]
LEAD = [
    "/desk/?queue=child", "/desk/?queue=urgent", "/desk/?queue=notices", "{child}", "{child}/evidence", "{urgent}",
    "{photos}", "{proposal}", "/desk/wellness", "/desk/appeals", "/desk/appeals?state=decided", "{appeal}",
    "/desk{decision}", "/desk/reporters", "/desk/flaggers", "{flagger}", "/desk/networks", "{network}",
    "/desk/rules?kind=packaged", "/desk/rules/new", "{rule}", "/desk/rules/packaged/network-with-signs",
    "/desk/banks", "{bank}", "{evidence}", "/desk/reports", "{report}", "/desk/orders", "/desk/orders/new", "{order}",
    "/desk/takedowns", "{takedown}", "/desk/traders", "{trader}", "/desk/risks", "/desk/risks/new/eu-dsa", "{risk}",
    "/desk/metrics", "/desk/samples",
]  # fmt: skip
FOUND = {
    "child": ("/desk/?queue=child", "/desk/cases/"), "urgent": ("/desk/?queue=urgent", "/desk/cases/"),
    "appeal": ("/desk/appeals", "/desk/appeals/"), "flagger": ("/desk/flaggers", "/desk/flaggers/"),
    "network": ("/desk/networks", "/desk/networks/"), "rule": ("/desk/rules?kind=desk", "/desk/rules/3"),
    "bank": ("/desk/banks", "/desk/banks/"), "evidence": ("{child}/evidence", "/desk/evidence/"),
    "report": ("/desk/reports", "/desk/reports/"), "order": ("/desk/orders?state=verified", "/desk/orders/3"),
    "takedown": ("/desk/takedowns", "/desk/takedowns/"), "trader": ("/desk/traders", "/desk/traders/"),
    "risk": ("/desk/risks", "/desk/risks/3"),
}  # fmt: skip
"""On which page of the desk a link that begins so leads to the page that is looked at."""
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="module")
def market(server: Server) -> dict[str, str]:
    """Filled by the first test: the addresses of an ad, a held one, and one of each thing the desk works on."""
    server.run("tests.browser.seed")
    return {}


def find(page: Page, path: str, begins: str, having: str = "") -> str:
    """The first link of a page's content that begins so, within an item that says ``having``."""
    page.goto(path)
    within = page.locator("main").locator(f"a:has-text('{having}')" if having else "a")
    hrefs = [str(one.get_attribute("href")) for one in within.all()]
    return next(href for href in hrefs if href.startswith(begins) and "?" not in href and not href.endswith("/new"))


def addresses(lead: Page, seller: Page) -> dict[str, str]:
    """One page of each kind, as the lead of the desk and a seller find them."""
    found: dict[str, str] = {}
    for name, (path, begins) in FOUND.items():
        found[name] = find(lead, path.format(**found), begins)
    for name, title in (("photos", "Winter coat"), ("proposal", "Fast money")):
        found[name] = find(lead, "/desk/?queue=screening", "/desk/cases/", title)
    found["decision"] = find(seller, "/account/decisions", "/decisions/", "Desk with drawers")
    found["appealed"] = find(seller, "/account/decisions", "/decisions/", "Electric scooter")
    found["takedown_receipt"] = "/take-it-down/" + found["takedown"].rsplit("/", 1)[-1]
    return found


def report(page: Page, ad: str) -> str:
    """Report an ad; returns the address of the receipt."""
    page.goto(f"{ad}/report")
    page.check("[name=kind][value=wrong]")
    page.click("main form button")
    return find(page, page.url, "/notices/")


def violations(page: Page, where: str, options: dict[str, Any]) -> list[str]:
    """What axe finds; it is loaded once a page and tells of nothing but violations, which takes half the time."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: Any = page.evaluate("options => axe.run({...options, resultTypes: ['violations']})", options)
    return [f"{where}: {one['id']} {one['nodes'][0]['target']}" for one in found["violations"]]


def look(page: Page, path: str, *, again: bool = False) -> list[str]:
    """What is wrong with a page; ``again`` where it was looked at on another screen, in the dark too."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(path)
    if page.evaluate("window.innerWidth") < 760:  # at the end of a page its bar lies over nothing
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    problems = violations(page, f"{path} light", RULES)
    if not again:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # only colours differ, they do not fade over
        problems += violations(page, f"{path} dark", COLOURS)
        page.emulate_media(color_scheme="light")
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if width[0] > width[1]:
        problems.append(f"{path}: {width[0]} pixels wide on a screen of {width[1]}")
    for panel in page.evaluate(CUT):  # what is cut off does not make the page wider
        problems.append(f"{path}: {panel} goes over the edge")
    return problems + [f"{path}: {text}" for text in said]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_no_page_has_a_violation(
    visit: Callable[..., Page], server: Server, market: dict[str, str], photo: Path, phone: bool
) -> None:
    owner = visit("axel@example.org", phone=phone)
    if not market:
        market["ad"] = post_bicycle(owner, photo, "Axe bicycle")
        owner.goto("/post/vehicles/bicycles")
        owner.fill("[name=title]", "Held bicycle")
        owner.fill("[name=body]", "Good. Call two one two, five five five, zero one four seven.")
        owner.fill("[name=price]", "90")
        owner.fill("[name=place]", "Berlin")
        owner.click("main form .form__actions button[name=publish]")
    desk = visit("ada@example.org", "admin", phone=phone)
    lead = visit("leo@demo.invalid", "safety", phone=phone)
    seller = visit("member0@demo.invalid", phone=phone)
    if "case" not in market:
        desk.goto("/desk/?queue=screening")
        market["case"] = desk.url.split("/desk")[0] + str(
            desk.locator("main a[href*='/cases/']").first.get_attribute("href")
        )
        market |= addresses(lead, seller)
        market["receipt"] = report(seller, market["ad"])
    visitor = visit(phone=phone)
    problems: list[str] = []
    for page, paths in ((visitor, VISITOR), (owner, MEMBER), (desk, DESK), (lead, LEAD), (seller, SELLER)):
        for path in paths:
            problems += look(page, path.format(**market))
    assert not problems, "\n".join(problems)
