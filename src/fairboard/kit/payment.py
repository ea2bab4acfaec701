"""Payment by Stripe: a checkout page at Stripe, its notices to us, and whether its key works.

Without `FAIRBOARD_STRIPE_SECRET_KEY` nothing here is offered and invoices are paid offline. Nothing about a card
ever reaches us. Source: Stripe's API reference, Checkout Sessions and Webhooks.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit.problems import Invalid, Problem

if TYPE_CHECKING:
    from stripe import StripeClient

PAID = {"checkout.session.completed", "checkout.session.async_payment_succeeded"}
FAILED = {"checkout.session.expired", "checkout.session.async_payment_failed"}


class PaymentUnavailable(Problem):
    """Stripe did not answer, or refused our key; nothing was charged."""

    status = 503
    code = "payment-unavailable"
    title = gettext_lazy("Payment does not work at the moment")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page at Stripe on which somebody pays."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What Stripe tells of a checkout: ``reference`` is ours, ``amount`` in minor units of ``currency``."""

    id: str
    reference: str
    outcome: str
    amount: int
    currency: str


def is_on() -> bool:
    """Whether members can pay by Stripe."""
    return bool(settings.STRIPE_SECRET_KEY)


def begin_checkout(*, reference: str, title: str, amount: int, currency: str, email: str, back_to: str) -> Checkout:
    """Begin the payment of ``amount`` minor units for what ``reference`` names.

    Asked again with the same reference, Stripe answers with the same checkout. ``back_to`` is an absolute address of
    ours. Raises PaymentUnavailable.
    """
    import stripe  # noqa: PLC0415, half a second that only payment needs

    try:
        session = _client().v1.checkout.sessions.create(
            {
                "mode": "payment",
                "client_reference_id": reference,
                "customer_email": email,
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": currency.lower(),
                            "unit_amount": amount,
                            "product_data": {"name": title},
                        },
                    }
                ],
                "success_url": f"{back_to}?paid=1",
                "cancel_url": back_to,
            },
            {"idempotency_key": f"checkout-{reference}"},
        )
    except stripe.StripeError as error:
        raise PaymentUnavailable(_("Nothing was charged. Please try again in a moment.")) from error
    return Checkout(session.id, session.url or "")


def read_notice(payload: bytes, signature: str) -> Notice | None:
    """What a webhook call says, once its signature is checked; None for what does not concern a payment of ours.

    Raises Invalid for a call that is not from Stripe or older than five minutes.
    """
    import stripe  # noqa: PLC0415

    try:
        event = _client().construct_event(payload, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise Invalid(_("This call is not signed by Stripe.")) from error
    if event.type not in PAID | FAILED:
        return None
    session = event.data.object
    outcome = "paid" if event.type in PAID and session["payment_status"] == "paid" else "failed"
    if event.type == "checkout.session.completed" and session["payment_status"] == "unpaid":
        return None  # a slow way to pay: another notice follows
    return Notice(
        event.id, session["client_reference_id"], outcome, session["amount_total"], session["currency"].upper()
    )


def look() -> str:
    """What Stripe says of our key, in a line; raises RuntimeError with what is wrong."""
    if not is_on():
        return "by invoice (FAIRBOARD_STRIPE_SECRET_KEY is not set)"
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise RuntimeError("FAIRBOARD_STRIPE_WEBHOOK_SECRET is missing: Stripe could not tell us what was paid")
    import stripe  # noqa: PLC0415

    try:
        _client().v1.balance.retrieve()
    except stripe.AuthenticationError as error:
        raise RuntimeError("Stripe does not know FAIRBOARD_STRIPE_SECRET_KEY") from error
    except stripe.APIConnectionError as error:
        raise RuntimeError("Stripe cannot be reached") from error
    except stripe.StripeError as error:
        raise RuntimeError(f"Stripe refuses: {error.user_message or error}") from error
    return "Stripe answers" + (", with a key for tests" if "_test_" in settings.STRIPE_SECRET_KEY else "")


def _client() -> "StripeClient":
    from stripe import StripeClient  # noqa: PLC0415

    return StripeClient(
        settings.STRIPE_SECRET_KEY, base_addresses={"api": settings.STRIPE_ADDRESS}, max_network_retries=1
    )
