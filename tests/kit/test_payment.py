"""Stripe through its own library, against recorded shapes of its answers served on loopback."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from fairboard.kit import payment
from fairboard.kit.problems import Invalid
from tests.server import free_port

SECRET = "whsec_made_up"
# Recorded from the API reference, cut down to what is read and a little around it.
SESSION = {
    "id": "cs_test_a1b2", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/cs_test_a1b2",
    "amount_total": 990, "currency": "eur", "client_reference_id": "order-7", "payment_status": "paid",
    "status": "complete", "mode": "payment", "livemode": False,
}  # fmt: skip
BALANCE = {"object": "balance", "available": [{"amount": 0, "currency": "eur"}], "livemode": False}
UNKNOWN_KEY = {"error": {"message": "Invalid API Key provided: sk_test_****made", "type": "invalid_request_error"}}


class Stripe(ThreadingHTTPServer):
    """Answers as Stripe does, and keeps what it was asked."""

    status, answer = 200, SESSION
    asked: list[tuple[str, dict[str, list[str]], str]]


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        server.asked.append((self.path, parse_qs(body), self.headers.get("Idempotency-Key", "")))
        raw = json.dumps(server.answer).encode()
        self.send_response(server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def stripe(settings: Any) -> Iterator[Stripe]:
    server = Stripe(("127.0.0.1", 0), _Handler)
    server.asked = []
    Thread(target=server.serve_forever, daemon=True).start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_made_up", SECRET
    settings.STRIPE_ADDRESS = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def begin() -> payment.Checkout:
    return payment.begin_checkout(
        reference="order-7", title="Bump", amount=990, currency="EUR", email="sam@example.org",
        back_to="https://market.example.org/my/ads",
    )  # fmt: skip


def signed(event: dict[str, Any], *, secret: str = SECRET, at: float = 0.0) -> tuple[bytes, str]:
    payload = json.dumps(event).encode()
    moment = int(at or time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + payload, hashlib.sha256).hexdigest()
    return payload, f"t={moment},v1={digest}"


def event(kind: str, **session: Any) -> dict[str, Any]:
    return {"id": "evt_1", "object": "event", "type": kind, "data": {"object": {**SESSION, **session}}}


def test_a_checkout_is_begun_once_for_a_reference(stripe: Stripe) -> None:
    assert begin() == payment.Checkout("cs_test_a1b2", str(SESSION["url"]))
    path, form, key = stripe.asked[0]
    assert path == "/v1/checkout/sessions"
    assert form["line_items[0][price_data][unit_amount]"] == ["990"]
    assert form["line_items[0][price_data][currency]"] == ["eur"]
    assert form["client_reference_id"] == ["order-7"]
    assert key == "checkout-order-7"


def test_when_stripe_is_away_nothing_is_charged_and_that_is_said(stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_ADDRESS = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(payment.PaymentUnavailable, match="Nothing was charged"):
        begin()


@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("checkout.session.completed", "paid", "paid"),
        ("checkout.session.completed", "unpaid", None),
        ("checkout.session.async_payment_succeeded", "paid", "paid"),
        ("checkout.session.async_payment_failed", "unpaid", "failed"),
        ("checkout.session.expired", "unpaid", "failed"),
        ("customer.created", "paid", None),
    ],
)
def test_a_notice_says_what_became_of_a_payment(stripe: Stripe, kind: str, status: str, outcome: str | None) -> None:
    notice = payment.read_notice(*signed(event(kind, payment_status=status)))
    assert notice == (payment.Notice("evt_1", "order-7", outcome, 990, "EUR") if outcome else None)


def test_a_notice_that_is_not_stripes_is_refused(stripe: Stripe) -> None:
    completed = event("checkout.session.completed")
    payload, signature = signed(completed)
    for forged in (
        (payload, ""), (payload, "t=1,v1=abc"), (payload.replace(b"990", b"1"), signature),
        signed(completed, secret="whsec_other"), signed(completed, at=time.time() - 3600), (b"{", signature),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            payment.read_notice(*forged)


def test_the_doctor_says_what_is_wrong_with_the_keys(stripe: Stripe, settings: Any) -> None:
    stripe.answer = BALANCE
    assert payment.look() == "Stripe answers, with a key for tests"
    stripe.status, stripe.answer = 401, UNKNOWN_KEY
    with pytest.raises(RuntimeError, match="does not know FAIRBOARD_STRIPE_SECRET_KEY"):
        payment.look()
    settings.STRIPE_ADDRESS = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(RuntimeError, match="cannot be reached"):
        payment.look()
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(RuntimeError, match="FAIRBOARD_STRIPE_WEBHOOK_SECRET"):
        payment.look()
    settings.STRIPE_SECRET_KEY = ""
    assert "by invoice" in payment.look()
