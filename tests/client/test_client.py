"""The Python client: what it sends is what the API understands, and nothing is done twice."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client
from requests.adapters import BaseAdapter
from standardwebhooks import Webhook, WebhookVerificationError

from fairboard.client import Conflict, Fairboard, Forbidden, Invalid, NotFound, Stale, verify_webhook
from fairboard.crm.models import Record
from fairboard.crm.services import job_runs
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from tests.people import token_of

pytestmark = pytest.mark.django_db


class Inside(BaseAdapter):
    """Carries requests to the application without a network; ``lost`` answers get lost on the way back."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: list[int] = []
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        self.sent.append(request)
        parts = urlsplit(str(request.url))
        given = Client().generic(
            str(request.method), f"{parts.path}?{parts.query}", request.body or b"",
            content_type=str(request.headers.get("Content-Type", "application/json")), headers=dict(request.headers),
        )  # fmt: skip
        answer = requests.Response()
        answer.status_code = self.lost.pop(0) if self.lost else given.status_code
        content = b"".join(given.streaming_content) if given.streaming else given.content
        answer._content = content
        answer.headers.update(dict(given.items()))
        answer.request, answer.url = request, str(request.url)
        return answer

    def close(self) -> None:
        """Nothing is open."""


def connected(actor: Actor, waited: list[float] | None = None) -> tuple[Fairboard, Inside]:
    """A client of the application itself."""
    market = Fairboard("http://testserver", token=token_of(actor), sleep=(waited if waited is not None else []).append)
    inside = Inside()
    market._session.mount("http://", inside)
    return market, inside


def test_records_are_written_read_and_walked(sales: Actor) -> None:
    market, _inside = connected(sales)
    accounts = market.objects("account")
    one = accounts.create({"name": "One", "city": "Berlin"}, record_type="person")
    changed = accounts.update(one, {"city": None, "phone": "+49 30 901820"})
    assert (changed["city"], changed.version) == (None, 2)
    with pytest.raises(Stale):
        accounts.update(one, {"city": "Bonn"})
    for number in range(5):
        accounts.upsert("external_id", f"x/{number}", {"name": f"Many {number}"})
    accounts.upsert("external_id", "x/0", {"name": "Again"})
    names = [each.name for each in accounts.find(sort="name", page_size=2, external_id__starts_with="x/")]
    assert names == ["Again", "Many 1", "Many 2", "Many 3", "Many 4"]
    accounts.delete(changed)
    with pytest.raises(NotFound):
        accounts.get(one.id)
    assert accounts.restore(one.id).name == "One"
    assert {"account", "deal"} <= {each["key"] for each in market.types()}
    assert accounts.describe()["label"] == "Account"


def test_problems_are_exceptions_with_their_fields(sales: Actor, seller: Actor) -> None:
    market, _inside = connected(sales)
    deals = market.objects("deal")
    with pytest.raises(Invalid) as wrong:
        deals.create_many([{"name": "A"}, {"name": "B", "amount": "much"}])
    assert wrong.value.errors[0]["field"] == "rows[1].amount"
    done = deals.create_many([{"name": "A"}, {"amount": 1}], partial=True)
    assert (done[0].record is not None, done[1].problem is not None) == (True, True)
    first = market.objects("product").create({"name": "P", "code": "1"})
    with pytest.raises(Conflict) as double:
        market.objects("product").create({"name": "Q", "code": "1"})
    assert double.value.candidates == [first.id]
    with pytest.raises(Forbidden):
        connected(seller)[0].types()


def test_a_lost_answer_is_asked_for_again_and_creates_nothing_twice(sales: Actor) -> None:
    waited: list[float] = []
    market, inside = connected(sales, waited)
    inside.lost = [503, 429]
    market.objects("product").create({"name": "Once"})
    assert (len(inside.sent), len(waited), Record.objects.count()) == (3, 2, 1)
    assert len({one.headers["Idempotency-Key"] for one in inside.sent}) == 1


def test_changes_are_followed(sales: Actor) -> None:
    market, _inside = connected(sales)
    for name in "ab":
        market.objects("product").create({"name": name})
    first, _second = market.changes(types=("product",))
    assert (first.act, first.type) == ("created", "product")
    assert isinstance(first.at, datetime)
    (rest,) = market.changes(first.cursor, values=True)
    assert rest.values["name"] == "b"


def test_a_bulk_job_is_uploaded_and_waited_for(sales: Actor) -> None:
    market, _inside = connected(sales)
    job = market.job("product", "upsert", key="code")
    assert job.upload({"code": str(n), "name": f"P{n}"} for n in range(3)) == 3
    job.upload([{"code": "9"}])
    job.close()
    job_runs.run_due(now=clock.now)
    result = job.wait()
    assert (result.state, result.written, result.failed) == ("done", 3, 1)
    assert [row["act"] for row in job.successes()] == ["created"] * 3
    assert job.failures()[0]["row"] == "4"


def test_a_forged_webhook_is_told_from_a_genuine_one() -> None:
    secret = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = clock.now().replace(microsecond=0)
    body = b'{"type":"crm.record.created","timestamp":"2026-11-02T09:30:00+00:00","data":{"number":1}}'
    headers = {
        "Webhook-Id": "msg_1", "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }  # fmt: skip
    assert verify_webhook(body, headers, secret).data == {"number": 1}
    with pytest.raises(WebhookVerificationError):
        verify_webhook(body + b" ", headers, secret)
