"""Webhooks: signed, tried again, never twice for one event, never into a private network."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from fairboard.crm.models import Profile, Seat, Webhook, WebhookDelivery
from fairboard.crm.sealed import opened
from fairboard.crm.services import sending, webhooks
from fairboard.kit import clock, outgoing
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.ledger.models import Event
from fairboard.market.services.posting import submit
from tests.api.client import Caller
from tests.crm import made
from tests.market.drafts import bicycle

pytestmark = pytest.mark.django_db


class Endpoint:
    """A program that is told: what it got, and what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def endpoint(settings: Any) -> Iterator[Endpoint]:
    settings.WEBHOOKS_PRIVATE = True
    found = Endpoint()
    yield found
    found.server.shutdown()


def told(at: datetime) -> None:
    while sending.follow(at=at):
        pass
    while sending.send_due(at=at):
        pass


def test_an_event_arrives_signed_and_once(endpoint: Endpoint, admin: Actor, sales: Actor) -> None:
    at = clock.now()
    _id, secret = webhooks.create(url=endpoint.url, kinds=["crm.record.*"], actor=admin, at=at)
    account = made(sales, at, "account", name="Wheels")
    told(at)
    told(at)
    ((headers, body),) = endpoint.got
    found = Verifier(secret).verify(body, headers)
    assert (found["type"], found["data"]["subject"]) == (
        "crm.record.created", {"kind": "crm.account", "id": account.id},
    )  # fmt: skip
    assert b"Wheels" not in body
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace(b"created", b"deleted"), headers)


def test_values_types_and_kinds_are_chosen(endpoint: Endpoint, admin: Actor, sales: Actor, seller: Actor) -> None:
    at = clock.now()
    kinds = ["crm.record.created", "market.ad.published"]
    webhooks.create(url=endpoint.url, kinds=kinds, types=["deal"], with_values=True, actor=admin, at=at)
    made(sales, at, "account", name="Wheels")
    made(sales, at, "deal", name="A deal", amount=7)
    submit(actor=seller, draft=bicycle(), at=at)
    told(at)
    bodies = [json.loads(body) for _headers, body in endpoint.got]
    assert sorted(one["type"] for one in bodies) == ["crm.record.created", "market.ad.published"]
    deal = next(one["data"] for one in bodies if one["type"].startswith("crm"))
    assert deal["record"]["values"]["amount"] == 7


def test_a_failure_is_tried_again_under_the_same_id(endpoint: Endpoint, admin: Actor, sales: Actor) -> None:
    at, endpoint.status = clock.now(), 500
    webhooks.create(url=endpoint.url, kinds=["crm.record.created"], actor=admin, at=at)
    made(sales, at, "account", name="A")
    told(at)
    told(at + timedelta(seconds=3))
    assert len(endpoint.got) == 1
    endpoint.status = 200
    told(at + timedelta(seconds=6))
    assert endpoint.got[0][0]["webhook-id"] == endpoint.got[1][0]["webhook-id"]
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, [one["status"] for one in row.tries]) == ("done", 2, [500, 200])


def test_redirects_are_not_followed(endpoint: Endpoint, admin: Actor, sales: Actor) -> None:
    at, endpoint.status = clock.now(), 302
    webhooks.create(url=endpoint.url, kinds=["crm.record.created"], actor=admin, at=at)
    made(sales, at, "account", name="A")
    told(at)
    assert WebhookDelivery.objects.get().tries[0]["status"] == 302


def test_failing_for_three_days_disables_it_and_tells_its_owner(
    endpoint: Endpoint, admin: Actor, sales: Actor, outbox: list[Any]
) -> None:
    at, endpoint.status = clock.now(), 503
    hook, _secret = webhooks.create(url=endpoint.url, kinds=["crm.record.created"], actor=admin, at=at)
    made(sales, at, "account", name="A")
    moment = at
    for wait in (0, *sending.WAITS):
        moment += timedelta(seconds=wait)
        told(moment)
    assert len(endpoint.got) == 10
    assert Webhook.objects.get().disabled_at == moment
    assert Event.objects.filter(kind="crm.webhook.disabled").count() == 1
    from fairboard.crm.tasks_api import notice

    notice(hook)
    assert "disabled" in outbox[-1].subject
    webhooks.change(webhook_id=hook, actor=admin, at=moment, is_paused=False)
    endpoint.status = 200
    webhooks.replay(delivery_id=WebhookDelivery.objects.get().public_id, actor=admin, at=moment)
    told(moment)
    assert WebhookDelivery.objects.get().state == "done"


def test_an_address_that_is_gone_disables_it_at_once(endpoint: Endpoint, admin: Actor, sales: Actor) -> None:
    at, endpoint.status = clock.now(), 410
    webhooks.create(url=endpoint.url, kinds=["crm.record.created"], actor=admin, at=at)
    made(sales, at, "account", name="A")
    told(at)
    assert Webhook.objects.get().disabled_at is not None


def test_a_range_is_sent_again_and_a_changed_secret_keeps_the_old_one_a_day(
    endpoint: Endpoint, admin: Actor, sales: Actor
) -> None:
    at = clock.now()
    made(sales, at, "account", name="Before")
    hook, old = webhooks.create(url=endpoint.url, kinds=["crm.record.created"], actor=admin, at=at)
    told(at)
    assert endpoint.got == []
    new = webhooks.rotate(webhook_id=hook, actor=admin, at=at)
    hours = timedelta(hours=1)
    count = webhooks.replay_range(webhook_id=hook, start=at - hours, end=at + hours, actor=admin, at=at)
    told(at)
    assert (count, len(endpoint.got)) == (1, 1)
    for secret in (old, new):
        assert Verifier(secret).verify(endpoint.got[0][1], endpoint.got[0][0])


def test_what_its_owner_may_not_know_is_not_sent(endpoint: Endpoint, admin: Actor, sales: Actor) -> None:
    at = clock.now()
    rights = {"*": {"read": "own", "edit": "own", "delete": "own", "create": True}}
    Seat.objects.create(member_id=admin.id, profile=Profile.objects.create(key="own", label="Own", rights=rights))
    with pytest.raises(Invalid):
        webhooks.create(url=endpoint.url, kinds=["safety.evidence.kept"], actor=admin, at=at)
    webhooks.create(url=endpoint.url, kinds=["crm.*", "safety.*"], actor=admin, at=at)
    made(sales, at, "account", name="Not the owner's")
    mine = made(admin, at, "account", name="The owner's")
    told(at)
    subjects = [json.loads(body)["data"]["subject"]["id"] for _headers, body in endpoint.got]
    assert [one for one in subjects if Event.objects.filter(subject_id=one, kind="crm.record.created")] == [mine.id]


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://127.0.0.1/", "https://10.1.2.3/x", "https://[::1]/", "https://localhost/",
     "https://169.254.169.254/latest", "https://user:pass@example.org/", "https://[::ffff:10.0.0.1]/", "ftp://a.b/",
     "https://example.org:99999/", "https://"],
)  # fmt: skip
def test_private_addresses_are_refused(url: str, admin: Actor) -> None:
    with pytest.raises(Invalid):
        webhooks.create(url=url, kinds=["crm.record.created"], actor=admin, at=clock.now())


def test_a_name_that_leads_into_a_private_network_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("192.168.1.9", 443))])
    answer = outgoing.post("https://example.org/", body=b"{}", headers={})
    assert (answer.status, "private network" in answer.error) == (0, True)


def test_webhooks_are_managed_over_the_api_and_in_the_console(endpoint: Endpoint, admin: Actor, sales: Actor) -> None:
    from tests.people import client_of

    caller = Caller(admin)
    body = {"url": endpoint.url, "kinds": ["crm.record.created"], "label": "Mine"}
    new = caller.post("/crm/webhooks", body)
    assert new.status_code == 201
    path = f"/crm/webhooks/{new.json()['id']}"
    assert "secret" not in caller.get(path).json()
    assert caller.patch(path, {"is_paused": True}).json()["is_paused"]
    assert Caller(sales).get("/crm/webhooks").status_code == 403
    browser: Client = client_of(admin)
    assert b"Mine" in browser.get("/crm/setup/webhooks/").content
    page = f"/crm/setup/webhooks/{new.json()['id']}/"
    assert browser.post(page, {"act": "resume"}).status_code == 302
    assert browser.post(page, {"act": "ping"}).status_code == 200
    told(clock.now())
    assert caller.get(f"{path}/deliveries").json()["items"][0]["state"] == "done"
    assert b"webhook.ping" in browser.get(page).content
    shown = browser.post("/crm/setup/webhooks/", {"url": endpoint.url, "kinds": ["crm.record.deleted"]})
    assert b"whsec_" in shown.content
    wrong = browser.post("/crm/setup/webhooks/", {"url": "nonsense", "label": "Kept", "kinds": ["crm.record.deleted"]})
    assert (wrong.status_code, b"Kept" in wrong.content) == (422, True)


def test_the_database_does_not_tell_a_secret(endpoint: Endpoint, admin: Actor, sales: Actor, settings: Any) -> None:
    at = clock.now()
    hook, old = webhooks.create(url=endpoint.url, kinds=["crm.record.*"], actor=admin, at=at)
    new = webhooks.rotate(webhook_id=hook, actor=admin, at=at)
    row = Webhook.objects.get()
    assert (row.secret[:2], row.old_secret[:2]) == ("1:", "1:")
    assert not {old, new} & {row.secret, row.old_secret}
    assert (opened(row.old_secret), opened(row.secret)) == (old, new)
    made(sales, at, "account", name="Wheels")
    settings.IDENTIFIER_KEY = "another key, as after a database was carried to another place"
    told(at)
    assert endpoint.got == []
    assert "cannot be read" in WebhookDelivery.objects.get().tries[0]["error"]
    again = webhooks.rotate(webhook_id=hook, actor=admin, at=at)
    told(at + timedelta(seconds=6))
    ((headers, body),) = endpoint.got
    Verifier(again).verify(body, headers)


def test_secrets_kept_plain_are_sealed_by_the_migration(endpoint: Endpoint, admin: Actor) -> None:
    at = clock.now()
    _hook, secret = webhooks.create(url=endpoint.url, kinds=["crm.record.*"], actor=admin, at=at)
    Webhook.objects.update(secret=secret)
    migration = import_module("fairboard.crm.migrations.0009_gaps")
    for _again in range(2):
        migration.seal(apps, None)
        row = Webhook.objects.get()
        assert (row.secret != secret, opened(row.secret), row.old_secret) == (True, secret, "")
    migration.unseal(apps, None)
    assert Webhook.objects.get().secret == secret
