"""A passkey is added and signs in without a password, in a real browser with a virtual authenticator."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.server import Server

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_is_added_and_signs_in(visit: Callable[..., Page], server: Server) -> None:
    page = visit()
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    site = server.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not a number

    page.goto(site + server.sign_in_link("kay@example.org", name="Kay"))
    page.click("main form button")
    page.goto(site + "/account/2fa/webauthn/add/")
    page.fill("main [name=name]", "My laptop")
    page.check("main [name=passwordless]")
    page.click("#passkey_add")
    page.click("main a[href*='webauthn']")  # a new way in asks once more who it is
    page.click("#passkey_confirm")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    page.goto(site + "/account/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("My laptop")
    expect(page.locator("main")).to_contain_text("signs in alone")

    page.click("footer form button:has-text('Sign out')")
    page.goto(site + "/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(site + "/")
    page.goto(site + "/account/")
    expect(page.locator("h1")).to_have_text("Kay")


def test_a_filter_answers_without_a_click(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/search?category=vehicles/bicycles")
    page.check("main [name=condition][value=worn]")
    expect(page.locator("#results .chips")).to_contain_text("Condition")
    assert "condition=worn" in page.url
