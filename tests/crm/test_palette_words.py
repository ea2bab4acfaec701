"""The palette and the keys are on every page of the CRM, with the places this person may go to."""

from collections.abc import Callable

import pytest
from django.test import Client

from fairboard.crm.models import Profile, Seat
from fairboard.kit.actors import Actor

pytestmark = pytest.mark.django_db


def test_pages_offer_only_what_one_sees(sales: Actor, signed_in: Callable[[Actor], Client]) -> None:
    browser = signed_in(sales)
    page = browser.get("/crm/").content.decode()
    assert 'id="crm-palette"' in page
    assert 'data-goto="d"' in page
    profile = Profile.objects.create(key="narrow", label="Narrow", rights={"account": {"read": "all"}})
    Seat.objects.create(member_id=sales.id, profile=profile)
    page = browser.get("/crm/").content.decode()
    assert 'data-goto="a"' in page
    assert 'data-goto="d"' not in page
    assert browser.get("/crm/deal/").status_code == 404
    commands = browser.get("/crm/search/suggest/").json()["commands"]
    assert not [one for one in commands if "deal" in one["href"] or "/new/" in one["href"]]
    assert browser.get("/crm/search/?q=x&type=deal").status_code == 404
