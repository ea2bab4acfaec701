"""A running market and a real Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.server import Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`fairboard run` on an empty market, its worker and mail outbox included."""
    with serving(tmp_path_factory.mktemp("market") / "data", FAIRBOARD_PAGE_CACHE_SECONDS="0") as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, stopped after each module: while Playwright runs, its event loop is this thread's, and
    Django refuses the database to whatever test comes next."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: apt-get install chromium (.ci/run does)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own: ``visit()`` for a visitor, ``visit("anna@example.org", "safety")`` signed in."""
    contexts = []

    def open_page(
        email: str = "", role: str = "member", *, phone: bool = False, scheme: str = "light", grant: str = "",
        javascript: bool = True,
    ) -> Page:  # fmt: skip
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(
            base_url=server.url,
            viewport=size,
            color_scheme=scheme,
            java_script_enabled=javascript,  # type: ignore[arg-type]
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        if email:
            page.goto(server.sign_in_link(email, role, grant=grant))
            page.click("main form button")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo on the member's disk."""
    from tests.market.photos import jpeg

    path = tmp_path / "bicycle.jpg"
    path.write_bytes(jpeg(with_place=True))
    return path
