"""Quotes: their lines, and what becomes of one that is accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.deals import MOST_LINES, lines_of, quote_of
from fairboard.crm.queries.records import RecordRow, may, record
from fairboard.crm.services.records import create_record, delete_records, update_record
from fairboard.crm.services.standing import refusals_recorded
from fairboard.crm.services.writing import Duplicate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound

DUE_AFTER = timedelta(days=14)
KEYS = ("product", "name", "quantity", "price", "discount")
OPEN = {"", "draft", "sent"}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it was typed; an empty ``id`` makes a new one. Name and price left empty are the product's."""

    id: str
    values: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(str(self.values.get(key, "")).strip() for key in ("product", "name", "price"))


class LineErrors(Invalid):
    """Lines that cannot be kept; ``lines`` maps their place, from 0, to errors by field."""

    def __init__(self, lines: Mapping[int, Mapping[str, str]]) -> None:
        super().__init__(_("Some lines need another look. Nothing you typed is lost."))
        self.lines = lines


def save_lines(*, quote_id: str, lines: Sequence[LineDraft], actor: Actor, at: datetime) -> RecordRow:
    """Make a quote's lines these: changed, added, and those that are missing removed. All or none.

    Raises NotFound, Forbidden, Conflict for a quote that was answered, LineErrors.
    """
    _open(quote_id, actor)
    if len(lines) > MOST_LINES:
        raise Conflict(_("A quote can have %(n)d lines.") % {"n": MOST_LINES})
    errors: dict[int, Mapping[str, str]] = {}
    with refusals_recorded(actor=actor, at=at, source="page"), transaction.atomic():
        kept = {one.id: one for one in lines_of(actor=actor, quote_id=quote_id)}
        seen: set[str] = set()
        for place, one in enumerate(lines):
            if one.is_empty:
                continue
            seen.add(one.id)
            try:
                with transaction.atomic():
                    _keep(quote_id, one, one.id in kept, actor, at)
            except Invalid as problem:
                errors[place] = {each["field"]: each["message"] for each in problem.errors} or {"name": problem.detail}
        if errors:
            raise LineErrors(errors)
        if gone := [one for one in kept if one not in seen]:
            delete_records(record_ids=gone, actor=actor, at=at)
    return record(actor=actor, record_id=quote_id)


def _keep(quote_id: str, one: LineDraft, is_kept: bool, actor: Actor, at: datetime) -> None:
    given = {key: str(one.values.get(key, "")).strip() for key in KEYS}
    if given["product"]:
        try:
            product = record(actor=actor, record_id=given["product"])
        except NotFound:
            raise Invalid(_("There is no such product."), field="product") from None
        given["name"] = given["name"] or product.name
        given["price"] = given["price"] or str(product.values.get("price", ""))
    given["quantity"] = given["quantity"] or "1"
    if is_kept:
        update_record(record_id=one.id, values=given, actor=actor, at=at)
    elif one.id:
        raise Invalid(_("This line is not of this quote."), field="name")
    else:
        values = {key: value for key, value in given.items() if value}
        create_record(type_key="quote_line", values={**values, "quote": quote_id}, actor=actor, at=at)


def accept_quote(*, quote_id: str, actor: Actor, at: datetime) -> RecordRow:
    """Note that a quote was accepted and make its invoice, due in 14 days; returns the invoice.

    Raises NotFound, Forbidden, Conflict for one that was answered or is empty, and what a guard raises.
    """
    quote = _open(quote_id, actor)
    if not quote.values.get("account"):
        raise Conflict(_("Say whose quote it is first: an invoice needs an account."))
    if not quote.values.get("total"):
        raise Conflict(_("This quote comes to nothing. Write its lines first."))
    with refusals_recorded(actor=actor, at=at, source="page"), transaction.atomic():
        update_record(record_id=quote_id, values={"status": "accepted"}, actor=actor, at=at)
        values = {
            "account": quote.values["account"], "amount": str(quote.values["total"]), "status": "open",
            "issued_on": at.date().isoformat(), "due_on": (at + DUE_AFTER).date().isoformat(),
            "description": quote.name,
        }  # fmt: skip
        if quote.values.get("deal"):
            values["deal"] = quote.values["deal"]
        return _invoice(values, actor, at)


def _invoice(values: Mapping[str, str], actor: Actor, at: datetime) -> RecordRow:
    """An invoice under the next number of the year: two made at once do not get the same, the index sees to it."""
    info = catalogue().type("invoice")
    begins = f"{at.year}-"
    numbers = Record.objects.filter(type_id=info.id, data__number__startswith=begins)
    last = max(
        (int(one[5:]) for one in numbers.values_list("data__number", flat=True) if one[5:].isdigit()), default=0
    )  # fmt: skip
    for number in range(last + 1, last + 20):
        try:
            with transaction.atomic():
                return create_record(
                    type_key="invoice", values={**values, "number": f"{begins}{number:05d}"}, actor=actor, at=at
                )
        except Duplicate:
            continue
    raise Conflict(_("No number for the invoice was free. Please try again."))


def _open(quote_id: str, actor: Actor) -> RecordRow:
    quote = quote_of(actor=actor, record_id=quote_id)
    if not may(seat_of(actor), catalogue().type("quote"), quote, "edit"):
        raise Forbidden(_("You may not change this record."))
    if str(quote.values.get("status", "")) not in OPEN:
        raise Conflict(_("This quote was answered and stays as it is."))
    return quote
