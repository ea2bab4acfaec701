"""Mail addresses, links, handles and crypto addresses, plain and spelled out."""

import pytest

from fairboard.screening import Document, screen

FOUND = [
    ("Write to anna@example.org", "email", "anna@example.org"),
    ("Write to anna (at) example (dot) org", "email", "anna@example.org"),
    ("mail anna [at] example [dot] co [dot] uk", "email", "anna@example.co.uk"),
    ("See www.example.org/shop", "url", "www.example.org/shop"),
    ("see https://example.org/a?b=1", "url", "example.org/a?b=1"),
    ("order at bit.ly/3xAmpl3", "url", "bit.ly/3xAmpl3"),
    ("visit example dot com", "url", "example.com"),
    ("telegram: @some_name", "handle", "some_name"),
    ("insta @flat.hunter", "handle", "flat.hunter"),
    ("mail me at anna dot lee at example dot org", "email", "anna.lee@example.org"),
    ("anna(dot)lee(at)example(dot)org", "email", "anna.lee@example.org"),
    ("IG: flat.hunter", "handle", "flat.hunter"),
    ("Telegram id = flat_hunter", "handle", "flat_hunter"),
    ("pay to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "crypto", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ("0x52908400098527886E0F7030069857D2E4169EE7", "crypto", "0x52908400098527886E0F7030069857D2E4169EE7"),
]
NOT_FOUND = [
    "Node.js book, 2nd edition", "Size 3.5 mm", "I am at home at 5. Come by", "Meet me at the station",
    "A.B.C. of gardening", "Dr. Who box set", "file.txt included", "50% off, 2 for 1", "e.g. a table",
    "Insta: no", "Pick up at home. No pets", "Look at this.It is great", "Available at noon.To see it, write",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_an_address_is_found(text: str, kind: str, value: str) -> None:
    contacts = screen(Document("x", {"body": text})).contacts
    assert [(one.kind, one.value) for one in contacts] == [(kind, value)]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_ordinary_text_holds_no_address(text: str) -> None:
    assert screen(Document("x", {"body": text})).contacts == ()


def test_a_link_that_opens_a_chat_is_a_telephone_number_too() -> None:
    contacts = screen(Document("x", {"body": "wa.me/15125550147"}, country="DE")).contacts
    assert [(one.kind, one.value) for one in contacts] == [("phone", "+15125550147"), ("url", "wa.me/15125550147")]


def test_a_link_that_hides_where_it_leads_is_held() -> None:
    result = screen(Document("x", {"body": "order at bit.ly/3xAmpl3"}))
    assert result.verdict == "hold"


def test_ages_and_prices_are_read() -> None:
    result = screen(Document("x", {"body": "A chest 90 years old for £250, was 300 euros"}))
    assert [one.value for one in result.ages] == ["90"]
    assert [(one.value, one.unit) for one in result.prices] == [("250", "GBP"), ("300", "EUR")]
