"""`fairboard token create` and `fairboard user create`: what they print works, and changes nothing unasked."""

import json
from urllib.parse import urlsplit

from django.test import Client

from fairboard.kit.actors import Actor
from fairboard.people.models import Member, Token
from tests.cli.conftest import Run


def me(token: str) -> dict[str, str]:
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content
    return answer.json()


def role_of(email: str) -> str:
    return Member.objects.get(email=email).role


def test_the_token_alone_is_on_standard_output_and_works(db: None, fairboard: Run) -> None:
    done = fairboard("token", "create", "--email", "nina@example.org", "--role", "admin")
    assert done.code == 0
    assert done.out.count("\n") == 1
    assert (me(done.out.strip())["email"], me(done.out.strip())["role"]) == ("nina@example.org", "admin")


def test_a_token_is_not_kept_as_it_is(db: None, fairboard: Run) -> None:
    token = fairboard("token", "create", "--email", "nina@example.org").out.strip()
    assert token not in str(Token.objects.values_list())


def test_the_token_as_json_comes_with_its_scopes(db: None, fairboard: Run) -> None:
    done = json.loads(fairboard("token", "create", "--email", "nina@example.org", "--json").out)
    assert me(done["token"])["id"] == done["member"]
    assert "ads:write" in done["scopes"]
    assert "members:write" not in done["scopes"]


def test_a_token_for_an_administrator_leaves_them_one(admin: Actor, fairboard: Run) -> None:
    done = fairboard("token", "create", "--email", "ada@example.org")
    assert me(done.out.strip())["role"] == "admin"
    assert "(admin)" in done.err


def test_a_new_link_for_a_moderator_leaves_them_one(moderator: Actor, fairboard: Run) -> None:
    done = fairboard("user", "create", "--email", "MOD@example.org", "--json")
    assert json.loads(done.out)["role"] == "safety"
    assert role_of("mod@example.org") == "safety"


def test_a_role_that_is_named_is_given(seller: Actor, fairboard: Run) -> None:
    fairboard("user", "create", "--email", "sam@example.org", "--role", "sales")
    assert role_of("sam@example.org") == "sales"


def test_the_printed_link_signs_in_once(db: None, fairboard: Run, settings: object) -> None:
    settings.BASE_URL = "https://market.example.org"  # type: ignore[attr-defined]
    done = fairboard("user", "create", "--email", "nina@example.org", "--name", "Nina B", "--role", "safety")
    address = urlsplit(done.out.strip())
    assert (address.scheme, address.netloc) == ("https", "market.example.org")
    client = Client()
    assert client.post(address.path)["Location"] == "/desk/"
    assert "Nina B" in client.get("/account/").content.decode()
    assert Client().post(address.path).status_code == 410


def test_an_address_that_is_none_is_refused_in_words(db: None, fairboard: Run) -> None:
    done = fairboard("token", "create", "--email", "nina")
    assert (done.code, done.out) == (1, "")
    assert "nina is not a mail address" in done.err
    assert not Member.objects.exists()


def test_a_role_that_is_none_is_a_mistyped_command(db: None, fairboard: Run) -> None:
    done = fairboard("user", "create", "--email", "nina@example.org", "--role", "boss")
    assert (done.code, done.out) == (2, "")
    assert "member, sales, safety, admin" in " ".join(done.err.split())
    assert not Member.objects.exists()
