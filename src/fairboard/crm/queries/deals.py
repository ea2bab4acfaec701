"""What conversion and quotes need to know: accounts and contacts a lead may already be, lines, products."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import RecordRow, record, records, records_by_id, schema_of
from fairboard.filters import parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound

MOST_LINES = 200
MOST_PRODUCTS = 300
MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """Records a lead may already be, by name or mail address."""

    accounts: Sequence[RecordRow]
    contacts: Sequence[RecordRow]


def alike(*, actor: Actor, lead: RecordRow) -> Alike:
    """Accounts of the lead's company or address, contacts of its address; only those the actor may see."""
    company, email = str(lead.values.get("company", "")), str(lead.values.get("email", ""))
    accounts = _by(actor, "account", [("name", "eq", company), ("email", "eq", email)])
    contacts = _by(actor, "contact", [("email", "eq", email)])
    known = {one.id for one in accounts}
    through = [str(one.values["account"]) for one in contacts if one.values.get("account")]
    more = records_by_id(actor=actor, ids=[one for one in through if one not in known])
    return Alike([*accounts, *more.values()], contacts)


def _by(actor: Actor, type_key: str, wanted: Sequence[tuple[str, str, str]]) -> list[RecordRow]:
    if seat_of(actor).on(type_key).read == "none":
        return []
    schema = schema_of(actor, type_key)
    parts = [
        {"field": key, "op": op, "value": value} for key, op, value in wanted if value and key in schema.columns
    ]  # fmt: skip
    if not parts:
        return []
    tree = validate(parse({"or": parts}), schema)
    return list(records(actor=actor, type_key=type_key, tree=tree, size=MOST_ALIKE).items)


def quote_of(*, actor: Actor, record_id: str) -> RecordRow:
    """A quote; raises NotFound."""
    row = record(actor=actor, record_id=record_id)
    if row.type_key != "quote":
        raise NotFound
    return row


def lines_of(*, actor: Actor, quote_id: str) -> list[RecordRow]:
    """The lines of a quote in the order they were written."""
    tree = validate(parse({"field": "quote", "op": "eq", "value": quote_id}), schema_of(actor, "quote_line"))
    return list(records(actor=actor, type_key="quote_line", tree=tree, sort="id", size=MOST_LINES).items)


def products(*, actor: Actor) -> list[RecordRow]:
    """The products that are offered, by name."""
    if seat_of(actor).on("product").read == "none":
        return []
    found = records(actor=actor, type_key="product", sort="name", size=MOST_PRODUCTS).items
    return [one for one in found if one.values.get("is_active") is not False]


def quote_document(*, actor: Actor, quote: RecordRow, sender: str, currency: str) -> dict[str, Any]:
    """Everything the printed quote says, amounts as texts."""
    named = records_by_id(
        actor=actor, ids=[str(quote.values[key]) for key in ("account", "contact") if quote.values.get(key)]
    )  # fmt: skip
    account = named.get(str(quote.values.get("account", "")))
    contact = named.get(str(quote.values.get("contact", "")))
    lines = lines_of(actor=actor, quote_id=quote.id)
    address: list[str] = []
    if account:
        town = " ".join(str(account.values[key]) for key in ("postal_code", "city") if account.values.get(key))
        parts = [account.values.get("street"), town, account.values.get("country")]
        address = [str(one) for one in parts if one]
    discount = _number(quote.values.get("discount"))
    subtotal = _number(quote.values.get("subtotal"))
    total = _number(quote.values.get("total"))
    return {
        "sender": sender, "name": quote.name, "number": quote.id.upper(), "to": account.name if account else "",
        "attention": contact.name if contact else "", "address": address, "currency": currency,
        "date": quote.updated_at.date().isoformat(), "valid_until": str(quote.values.get("valid_until", "")),
        "lines": [_line(one) for one in lines], "subtotal": amount(subtotal), "total": amount(total),
        "discount": _plain(discount) if discount else "", "discount_amount": amount(subtotal - total),
        "terms": str(quote.values.get("terms", "")),
    }  # fmt: skip


def _line(one: RecordRow) -> dict[str, str]:
    discount = _number(one.values.get("discount"))
    return {
        "name": one.name, "quantity": _plain(_number(one.values.get("quantity"))),
        "price": amount(_number(one.values.get("price"))), "discount": f"{_plain(discount)} %" if discount else "",
        "total": amount(_number(one.values.get("total"))),
    }  # fmt: skip


def _number(kept: Any) -> Decimal:
    return Decimal(str(kept or 0))


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def amount(value: Decimal) -> str:
    """An amount with two decimals and thousands separated."""
    return f"{value:,.2f}"
