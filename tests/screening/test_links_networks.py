"""Who belongs together: campaigns, shared contact data, hubs that join nobody."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairboard.screening.links.contacts import contacts_of, phone_value
from fairboard.screening.links.networks import components, networks, noisy_or

WALLET = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


def tied(campaigns: list[int], held: list[tuple[int, int]], weight: float = 0.9) -> list[int]:
    ads = np.array([ad for ad, _ in held], dtype=np.int64)
    contacts = np.array([contact for _, contact in held], dtype=np.int64)
    labels = networks(np.array(campaigns, dtype=np.int64), ads, contacts, np.full(len(held), weight))
    return [int(one) for one in labels]


def test_a_shared_number_joins_two_campaigns() -> None:
    assert tied([0, 0, 2, 2, -1], [(1, 0), (2, 0)]) == [0, 0, 0, 0, 4]


def test_the_number_of_a_town_hall_joins_nobody() -> None:
    count = 500
    assert tied([-1] * count, [(ad, 0) for ad in range(count)]) == list(range(count))


def test_a_number_in_many_ads_of_one_campaign_is_no_hub() -> None:
    count = 500
    labels = tied([0] * count + [-1], [(ad, 0) for ad in range(count + 1)])
    assert labels == [0] * (count + 1)


def test_two_weak_ties_together_join_where_one_does_not() -> None:
    held = [(ad, contact) for contact in (0, 1) for ad in range(100 * contact, 100 * contact + 100)]
    both = [(200, 0), (200, 1), (201, 0), (201, 1)]
    labels = tied([-1] * 202, held + both)
    assert labels[200] == labels[201] == 200
    assert labels[:200] == list(range(200))


def test_noisy_or_adds_up_to_less_than_one() -> None:
    assert noisy_or([0.5, 0.5]) == 0.75
    assert noisy_or([]) == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_components_are_those_of_a_plain_search(edges: list[tuple[int, int]]) -> None:
    plain = list(range(31))
    for _ in range(31):
        for one, other in edges:
            plain[one] = plain[other] = min(plain[one], plain[other])
    ones, others = (np.array([edge[at] for edge in edges], dtype=np.int64) for at in (0, 1))
    assert components(31, ones, others).tolist() == plain


@pytest.mark.parametrize(
    ("text", "contacts"),
    [
        ("Call 0151 234 567 89 or +49 (151) 23456789", {("phone", "123456789")}),
        ("اتصل ٠١٥١٢٣٤٥٦٧٨٩", {("phone", "123456789")}),
        ("ring 555-1234", {("phone", "5551234")}),
        ("Write to Foo.Bar@Example.com.", {("email", "foo.bar@example.com")}),
        ("I am @foo_bar, t.me/foo_bar", {("handle", "foo_bar")}),
        ("https://www.shop.example/a?b=1", {("link", "shop.example/a")}),
        (f"pay to {WALLET}", {("crypto", WALLET)}),
        ("built 1998-2005, 1.250.000 EUR, on 20.12.2024, ISBN 9783161484100", set()),
        ("300 450 500", set()),
    ],
)  # fmt: skip
def test_contact_data_is_read_in_one_spelling(text: str, contacts: set[tuple[str, str]]) -> None:
    assert contacts_of(text) == contacts


@given(st.text(alphabet="0123456789 -()./+a", max_size=60))
def test_any_digits_are_read_or_passed_over(text: str) -> None:
    assert len(phone_value(text)) in {0, 7, 8, 9}
    contacts_of(text)
