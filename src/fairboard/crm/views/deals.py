"""Converting leads, and quotes with their lines."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm import documents
from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import deals as queries
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import may, record
from fairboard.crm.services import conversion, quotes
from fairboard.crm.services.quotes import KEYS, LineDraft, LineErrors
from fairboard.kit import clock
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

SPARE = 2
MOST_TYPED = 210


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def convert(request: HttpRequest, record_id: str) -> HttpResponse:
    """A lead becomes an account, a contact and a deal; those it may already be are offered."""
    actor, problem = actor_of(request), None
    lead = record(actor=actor, record_id=record_id)
    if lead.type_key != "lead":
        raise NotFound(_("There is no such record."))
    if not may(seat_of(actor), catalogue().type("lead"), lead, "edit"):
        raise Forbidden(_("You may not change this record."))
    found = queries.alike(actor=actor, lead=lead)
    post = request.POST
    if request.method == "POST":
        deal = None
        if post.get("with_deal") == "yes":
            deal = {key: post[key] for key in ("name", "amount", "close_date", "pipeline") if post.get(key)}
        try:
            done = conversion.convert_lead(
                lead_id=record_id, account_id=post.get("account", ""), contact_id=post.get("contact", ""), deal=deal,
                actor=actor, at=clock.now(),
            )  # fmt: skip
        except (Invalid, Conflict) as caught:
            problem = caught
        else:
            messages.success(request, _("The lead was converted."))
            if done.deal_id:
                return redirect("crm:record", key="deal", record_id=done.deal_id)
            return redirect("crm:record", key="contact", record_id=done.contact_id)
    typed: dict[str, Any] = post.dict() if request.method == "POST" else {
        "account": found.accounts[0].id if found.accounts else "", "with_deal": "yes",
        "contact": found.contacts[0].id if found.contacts else "",
        "name": str(lead.values.get("company") or lead.name),
    }  # fmt: skip
    context = {
        "lead": lead, "found": found, "typed": typed, "problem": problem,
        "errors": {one["field"]: one["message"] for one in problem.errors} if problem else {},
        "pipelines": catalogue().type("deal").pipelines,
    }  # fmt: skip
    return render(request, "crm/convert.html", context, status=problem.status if problem else 200)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def quote(request: HttpRequest, record_id: str) -> HttpResponse:
    """The lines of a quote on one page; accepted, it becomes an invoice."""
    actor, status = actor_of(request), 200
    row = queries.quote_of(actor=actor, record_id=record_id)
    errors: dict[int, Any] = {}
    typed = [
        {"id": one.id, **{key: one.values.get(key, "") for key in KEYS}, "total": one.values.get("total", 0)}
        for one in queries.lines_of(actor=actor, quote_id=record_id)
    ]  # fmt: skip
    if request.method == "POST":
        op, drafts = request.POST.get("op", "save"), _drafts(request.POST)
        try:
            if op == "accept":
                invoice = quotes.accept_quote(quote_id=record_id, actor=actor, at=clock.now())
                messages.success(request, _("Accepted. This is its invoice."))
                return redirect("crm:record", key="invoice", record_id=invoice.id)
            if op == "save":
                quotes.save_lines(quote_id=record_id, lines=drafts, actor=actor, at=clock.now())
                messages.success(request, _("Saved."))
                return redirect("crm:quote", record_id=record_id)
        except LineErrors as problem:
            errors, status = dict(problem.lines), problem.status
            messages.error(request, problem.detail)
        except (Invalid, Conflict) as problem:
            status = problem.status
            messages.error(request, problem.detail)
        if op != "accept":
            typed = [{"id": one.id, **one.values} for one in drafts if not one.is_empty or op == "row"]
    is_open = str(row.values.get("status", "")) in quotes.OPEN
    may_edit = is_open and may(seat_of(actor), catalogue().type("quote"), row, "edit")
    blank = [{"id": ""} for _at in range(SPARE)] if may_edit else []
    context = {
        "quote": row, "lines": [*typed, *blank], "errors": errors, "products": queries.products(actor=actor),
        "may_edit": may_edit, "currency": settings.CURRENCY,
    }  # fmt: skip
    return render(request, "crm/quote.html", context, status=status)


def _drafts(post: QueryDict) -> list[LineDraft]:
    columns = {key: post.getlist(f"line.{key}") for key in ("id", *KEYS)}
    count = min(max((len(one) for one in columns.values()), default=0), MOST_TYPED)
    drafts = []
    gone = post.get("op", "").removeprefix("out:") if post.get("op", "").startswith("out:") else ""
    for at in range(count):
        values = {key: one[at] if at < len(one) else "" for key, one in columns.items()}
        if gone != str(at):
            drafts.append(LineDraft(values.pop("id"), values))
    return drafts


@permission_required("crm.use")
@require_GET
def quote_pdf(request: HttpRequest, record_id: str) -> HttpResponse:
    """The quote as it is sent."""
    actor = actor_of(request)
    row = queries.quote_of(actor=actor, record_id=record_id)
    data = queries.quote_document(actor=actor, quote=row, sender=settings.SITE_NAME, currency=settings.CURRENCY)
    data["words"] = {
        "quote": _("Quote"), "page": _("Page"), "valid": _("Valid until"), "subtotal": _("Subtotal"),
        "discount": _("Discount"), "total": _("Total"), "terms": _("Terms"),
        "columns": [_("Item"), _("Quantity"), _("Price"), _("Discount"), _("Amount")],
    }  # fmt: skip
    body = documents.pdf("quote", data)
    return HttpResponse(
        body, content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="quote-{row.id}.pdf"'},
    )  # fmt: skip
