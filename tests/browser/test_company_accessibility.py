"""Every page of the CRM and of marketing in Chromium, with a company's history on it, as `test_accessibility`."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.test_accessibility import look
from tests.database import KIND
from tests.server import Server, free_port, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(KIND == "postgresql", reason="the pages are the same whatever database they come from"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A market with a sink for its mailings, whose pages are shown only then."""
    settings = {"FAIRBOARD_MAIL_SINK_LISTEN": f"127.0.0.1:{free_port()}", "FAIRBOARD_PAGE_CACHE_SECONDS": "0"}
    with serving(tmp_path_factory.mktemp("company") / "data", **settings) as running:
        yield running


@pytest.fixture(scope="module")
def pages(server: Server) -> dict[str, str]:
    """The address of every page, by name."""
    found: dict[str, str] = json.loads(server.run("tests.browser.company").splitlines()[-1])
    return found


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_no_page_of_the_company_has_a_violation(
    visit: Callable[..., Page], server: Server, pages: dict[str, str], phone: bool
) -> None:
    admin = visit("ada@example.org", "admin", phone=phone)
    problems: list[str] = []
    for path in pages.values():
        problems += look(admin, path, again=not phone)
    assert not problems, "\n".join(problems)


STOP = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const drawn = element => element && (style =>
        (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
        || (element !== one && element.matches("label:focus-within") && style.outlineStyle !== "none"))(
        getComputedStyle(element));
    const name = one.tagName + "." + one.className + " " + (one.getAttribute("aria-label") || one.textContent)
        .trim().slice(0, 30);
    const seen = one.closest("label")?.getBoundingClientRect() ?? box;
    return {
        name, on: one.tagName, foot: !!one.closest("footer"), main: !!one.closest("main"),
        shown: [one, one.closest("label"), one.closest(".is-at"), one.querySelector("circle")].some(drawn)
            || !!one.closest("svg"),
        inside: seen.width > 0 && seen.bottom > 0 && seen.top < innerHeight && seen.right > 0 && seen.left < innerWidth,
    };
}"""
"""What has the focus: whether one sees that, and sees it at all."""


def test_every_stop_of_the_keyboard_is_seen_and_none_is_a_trap(
    visit: Callable[..., Page], server: Server, pages: dict[str, str]
) -> None:
    admin = visit("ada@example.org", "admin")
    problems = []
    for name in ("crm:list", "crm:record", "board", "calendar", "crm:edit", "marketing:mailing_edit"):
        admin.goto(pages[name])
        admin.keyboard.press("Tab")
        assert admin.evaluate("document.activeElement.className") == "skip"
        admin.keyboard.press("Enter")
        stops = []
        for _ in range(1200):  # a board has many cards
            admin.keyboard.press("Tab")
            stop = admin.evaluate(STOP)
            stops.append(stop)
            if stop["foot"] or stop["on"] == "BODY":
                break
        if not stops[0]["main"]:
            problems.append(f"{name}: the skip link leads to {stops[0]['name']}")
        if not stops[-1]["foot"]:
            problems.append(f"{name}: the keyboard does not leave {stops[-1]['name']}")
        problems += [f"{name}: {one['name']} shows no focus" for one in stops if not one["shown"]]
        problems += [f"{name}: {one['name']} is out of sight" for one in stops if not one["inside"]]
    assert not problems, "\n".join(problems)
