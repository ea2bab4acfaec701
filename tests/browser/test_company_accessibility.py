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
