"""A member's language: chosen on a page or over the API, kept, spoken by pages and mails."""

import pytest
from django.core import mail
from django.test import Client

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.models import Event
from fairboard.people.queries import language_of
from fairboard.people.services.members import set_language
from tests.api.client import Caller
from tests.people import client_of

pytestmark = pytest.mark.django_db


def test_a_member_keeps_the_language_they_choose(seller: Actor) -> None:
    client = client_of(seller)
    answer = client.post("/language", {"language": "de", "next": "/my/ads"})
    assert (answer.status_code, answer["Location"]) == (302, "/my/ads")
    assert language_of(seller.id) == "de"
    assert "Meine Anzeigen" in client.get("/my/ads").content.decode()
    event = Event.objects.get(kind="people.member.language_changed")
    assert event.data == {"from": "en", "to": "de"}


def test_choosing_the_same_language_again_is_no_event(seller: Actor) -> None:
    set_language(actor=seller, language="en", at=clock.now())
    assert not Event.objects.filter(kind="people.member.language_changed").exists()


def test_a_visitor_has_a_cookie_for_it(client: Client) -> None:
    client.post("/language", {"language": "de"})
    assert '<html lang="de">' in client.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(client: Client, target: str) -> None:
    assert client.post("/language", {"language": "de", "next": target})["Location"] == "/"


def test_a_language_the_site_does_not_speak_is_asked_again(client: Client, seller: Actor) -> None:
    assert client.post("/language", {"language": "xx"}).status_code == 200
    with pytest.raises(Invalid):
        set_language(actor=seller, language="xx", at=clock.now())
    with pytest.raises(Forbidden):
        set_language(actor=Actor.system("nobody"), language="de", at=clock.now())


def test_the_api_changes_it_too(seller: Actor) -> None:
    caller = Caller(seller)
    assert caller.put("/me/language", {"language": "de"}).json()["language"] == "de"
    assert caller.put("/me/language", {"language": "klingon"}).status_code == 422


def test_a_code_is_mailed_in_the_language_of_the_page(client: Client) -> None:
    client.post(
        "/account/signup/",
        {"email": "neu@example.org", "display_name": "Neu", "password1": "ein langes Geheimnis"},
        headers={"accept-language": "de"},
    )
    assert "Dein Code ist" in mail.outbox[0].body
