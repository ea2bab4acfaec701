"""A newcomer to the CRM: an object of their own, a thousand rows, a segment, a mailing and its answer; what keys do."""

import csv
import os
import re
import smtplib
import sqlite3
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.server import Server, free_port, serving

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
ROWS, SHOPS = 1_000, 40
MOST_SECONDS = 600.0
"""The whole walk takes a newcomer less; here without their reading and thinking."""
RELAY, SINK = free_port(), free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A market with shops that sell, a sink for its mailings, and a mail server of its own for the answers."""
    settings = {
        "FAIRBOARD_MAIL_SINK_LISTEN": f"127.0.0.1:{SINK}", "FAIRBOARD_MAILING_SMTP_URLS": f"smtp://127.0.0.1:{SINK}",
        "FAIRBOARD_RELAY_LISTEN": f"127.0.0.1:{RELAY}", "FAIRBOARD_PAGE_CACHE_SECONDS": "0",
    }  # fmt: skip
    with serving(tmp_path_factory.mktemp("walk") / "data", **settings) as running:
        running.run("tests.browser.shops")
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What the newcomer has in a spreadsheet."""
    path = tmp_path / "showrooms.csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Name", "Dealer", "Bays", "Brand", "Opened on", "Remarks"])
        for number in range(ROWS):
            brand = ("Alba", "Brio", "Cento")[number % 3]
            day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
            writer.writerow([f"Showroom {number}", f"Shop {number % SHOPS}", number % 20, brand, day, f"Row {number}"])
    return path


def shown(page: Page, name: str) -> None:
    """Keep a picture of the page where that is asked for, at both widths."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def make_field(page: Page, label: str, value_type: str, choices: str = "") -> None:
    """Add a field of one's own to the object whose page is open."""
    page.goto("/crm/setup/objects/showroom/fields/new/")
    page.fill("#s-label", label)
    if value_type == "relation":
        page.goto("/crm/setup/objects/showroom/fields/new/?kind=relation")
        page.fill("#s-label", label)
        page.check("input[name=targets][value=account]")
    elif value_type != "text":
        with page.expect_navigation():
            page.select_option("#s-value_type", value_type)
    if choices:
        page.fill("#s-choices", choices)
    page.click("main button[value=save] >> visible=true")
    expect(page.locator("main")).to_contain_text(label)


def choose(page: Page, number: int, field: str, op: str, value: str) -> None:
    """Fill in a condition of the builder, made by its button but for the first."""
    conditions = page.locator(".crm-cond")
    if number:
        page.click(".crm-group__acts button:has-text('Condition')")
        expect(conditions).to_have_count(number + 1)
    conditions.nth(number).get_by_label("Field").select_option(field)
    conditions.nth(number).get_by_label("Comparison").select_option(op)
    control = conditions.nth(number).get_by_label("Value")
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
        control.blur()


def imported(page: Page, file: Path) -> None:
    """Bring the file in as it is suggested."""
    page.goto("/crm/import/")
    page.set_input_files("#file", file)
    page.select_option("#type", "showroom")
    page.click("main button:has-text('Upload')")
    expect(page.locator("main")).to_contain_text("found by")
    shown(page, "2-columns")
    page.click("main button:has-text('Import')")
    expect(page.locator("main h1")).to_contain_text("Done", timeout=60_000)
    expect(page.locator(".facts")).to_contain_text(f"Created{ROWS:,}")
    shown(page, "3-imported")


def written(page: Page) -> str:
    """A template by the block editor, and a mailing of it to the segment; the mailing's address."""
    page.goto("/marketing/templates")
    page.fill("main input[name=name]", "Autumn fair")
    page.click("main form:has(input[name=name]) button")
    page.fill("#subject", "Hello {{ account.name }}, the autumn fair")
    for kind, area, text in (
        ("heading", "b.0.text", "Autumn fair"),
        ("text", "b.1.text", "Your showroom **{{ record.name }}** has {{ record.cf_bays }} bays."),
    ):
        page.click(f"button[value='add:{kind}']")
        page.fill(f"[name='{area}']", text)
    page.click("main .btn--primary:has-text('Save')")
    expect(page.locator("iframe")).to_be_visible()
    shown(page, "5-template")
    page.click("a:has-text('Make a mailing of it')")
    page.fill("#id_name", "Autumn fair")
    page.select_option("#id_audience", label="Segment: Busy showrooms")
    page.select_option("#id_basis", "customer")
    page.click("main button:has-text('Save')")
    page.click("main button:has-text('Submit')")
    shown(page, "6-mailing")
    page.click("main button:has-text('Send')")
    return page.url


def mails(server: Server) -> list[tuple[str, bytes]]:
    """Recipient and mail of everything the sink has."""
    database = sqlite3.connect(server.folder / "mail-sink" / "sink.sqlite3")
    try:
        return list(database.execute("SELECT recipient, raw FROM mails ORDER BY id"))
    finally:
        database.close()


def answer(raw: bytes, sender: str) -> None:
    """Answer a mail as a mail program does, by SMTP to where it says."""
    got, mail = message_from_bytes(raw), EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, str(got["Reply-To"]), "Re: the autumn fair"
    mail["Message-ID"], mail["In-Reply-To"] = "<answer@shops.example>", str(got["Message-ID"])
    mail.set_content("We would like two stands at the fair.")
    with smtplib.SMTP("127.0.0.1", RELAY) as relay:
        relay.send_message(mail)


def test_from_an_object_of_ones_own_to_an_answer_on_the_timeline(visit: Visit, server: Server, file: Path) -> None:
    began = time.monotonic()
    page = visit("ada@example.org", "admin")
    page.goto("/crm/setup/")
    page.fill("#s-label", "Showroom")
    page.fill("#s-plural", "Showrooms")
    page.click("main button:has-text('Make it')")
    for label, kind, choices in (
        ("Dealer", "relation", ""), ("Bays", "number", ""), ("Brand", "choice", "Alba\nBrio\nCento"),
        ("Opened on", "date", ""), ("Remarks", "longtext", ""),
    ):  # fmt: skip
        make_field(page, label, kind, choices)
    page.goto("/crm/setup/objects/showroom/")
    shown(page, "1-object")
    imported(page, file)
    page.goto("/marketing/segments/new?type=showroom")
    page.fill("#segment-name", "Busy showrooms")
    choose(page, 0, "cf_bays", "gte", "10")
    choose(page, 1, "cf_brand", "eq", "alba")
    choose(page, 2, "cf_dealer.ads_live", "gte", "1")
    # every third showroom, with 10 to 19 bays, of a shop with an odd number: counted by hand from the file
    wanted = [n for n in range(ROWS) if n % 20 >= 10 and n % 3 == 0 and n % SHOPS % 2]
    expect(page.locator("#seg-count")).to_contain_text(str(len(wanted)))
    shown(page, "4-segment")
    page.click("main button:has-text('Save')")
    expect(page.locator("main h1")).to_have_text("Busy showrooms")
    address = written(page)
    shops = {f"shop{n % SHOPS}@shops.example" for n in wanted}
    for _second in range(60):
        page.goto(address)
        if len(mails(server)) >= len(shops):
            break
        page.wait_for_timeout(1_000)
    shown(page, "7-sent")
    got = mails(server)
    assert sorted(to for to, _raw in got) == sorted(shops)  # one for each shop, however many showrooms it has
    to, raw = got[0]
    assert re.search(rb"Your showroom .*Showroom \d+.* bays", raw.replace(b"=\r\n", b""), re.DOTALL)
    answer(raw, to)
    page.goto(f"/crm/search/?q={to}")
    page.click("main a:has-text('Shop')")
    expect(page.locator("main")).to_contain_text("We would like two stands at the fair.", timeout=20_000)
    shown(page, "8-timeline")
    page.goto(address)
    expect(page.locator("#figures")).to_contain_text("Answers1")
    assert time.monotonic() - began < MOST_SECONDS


def test_the_palette_finds_a_record_and_goes_there_by_keys(visit: Visit) -> None:
    page = visit("ada@example.org", "admin")
    page.goto("/crm/")
    page.keyboard.press("Control+k")
    palette = page.locator("#crm-palette")
    expect(palette.locator("input")).to_be_focused()
    page.keyboard.type("Shop 17")
    expect(palette.locator("[role=option][aria-selected=true]")).to_contain_text("Shop 17")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("Shop 17")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.locator("main h1")).to_contain_text("Deals")


def test_a_cell_is_changed_where_it_stands(visit: Visit) -> None:
    page = visit("ada@example.org", "admin")
    page.goto("/crm/deal/?_kind=table")
    row = page.locator("tr[data-row]", has_text="Deal 1")
    row.hover()
    row.locator("a.crm-pencil[data-cell*='/amount/']").click()
    form = row.locator("[data-cell-form]")
    form.locator("input[name=value]").fill("much")
    page.keyboard.press("Enter")
    expect(form).to_contain_text("number")  # what was typed stays, with what is wrong
    form.locator("input[name=value]").fill("250")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(row).to_contain_text("250")
    page.reload()
    expect(page.locator("tr[data-row]", has_text="Deal 1")).to_contain_text("250")


def test_a_card_is_dragged_and_without_javascript_moved_by_its_form(visit: Visit) -> None:
    page = visit("ada@example.org", "admin")
    page.goto("/crm/deal/?_kind=board")
    lanes = page.locator(".crm-lane")
    card = page.locator(".crm-card", has_text="Deal 2")
    with page.expect_response(lambda answer: answer.url.endswith("/crm/deal/move/")):
        card.drag_to(lanes.nth(1))
    expect(lanes.nth(1)).to_contain_text("Deal 2")
    page.reload()
    expect(page.locator(".crm-lane").nth(1)).to_contain_text("Deal 2")
    plain = visit("ada@example.org", "admin", javascript=False)
    plain.goto("/crm/deal/?_kind=board")
    card = plain.locator(".crm-card", has_text="Deal 2")
    card.locator("summary").click()
    card.locator("details form button").last.click()
    expect(plain.locator(".crm-lane").nth(1)).not_to_contain_text("Deal 2")


def test_rows_are_chosen_and_changed_together(visit: Visit) -> None:
    page = visit("ada@example.org", "admin")
    page.goto("/crm/deal/?_kind=table")
    page.locator("[data-all]").check()
    expect(page.locator("[data-chosen]")).to_have_text("3")
    page.locator("tr[data-row] input[name=ids]").first.uncheck()
    expect(page.locator("[data-chosen]")).to_have_text("2")
