"""The pages of orders by authorities."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety import orders as kinds
from fairboard.safety.forms_orders import ExtendForm, OrderForm, StepForm
from fairboard.safety.queries import letters
from fairboard.safety.queries import orders as queries
from fairboard.safety.services import disclosing
from fairboard.safety.services import orders as services
from fairboard.ui import listbar


@permission_required("orders.manage")
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """Orders by their deadline, those that are late first."""
    actor, at = actor_of(request), clock.now()
    view = "closed" if request.GET.get("view") == "closed" else "open"
    given = {name: values for name, values in request.GET.lists() if name != "view"}
    asked = from_query(given, queries.order_schema())
    page = queries.orders(
        actor=actor, at=at, tree=asked.tree, closed=view == "closed", cursor=request.GET.get("cursor", "")
    )
    tabs = [
        {"label": _("Open"), "href": "?view=open", "current": view == "open"},
        {"label": _("Closed"), "href": "?view=closed", "current": view == "closed"},
    ]
    bar = listbar.context(request, queries.order_schema(), asked, page.next_cursor, tabs={"view": view})
    return render(
        request,
        "safety/orders.html",
        {"orders": page.items, "tabs": tabs, "view": view, **_words(), **bar},
    )


@permission_required("orders.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter an order as it arrived."""
    form = OrderForm(request.POST or None, initial={"received_at": clock.now(), "language": "en"})
    if request.method == "POST" and form.is_valid():
        try:
            order_id = services.receive(draft=form.draft(), actor=actor_of(request), at=clock.now())
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        else:
            return redirect("safety:order", order_id=order_id)
    return render(
        request, "safety/order_new.html", {"form": form}, status=422 if form.is_bound and form.errors else 200
    )


@permission_required("orders.manage")
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    """One order: its clock, its log, its packages, the next step."""
    actor, at = actor_of(request), clock.now()
    is_longer = request.POST.get("step") == "extend"
    form = StepForm(None if is_longer else request.POST or None)
    longer = ExtendForm(request.POST if is_longer else None, prefix="longer")
    shown: forms.Form = longer if is_longer else form
    if request.method == "POST" and (shown.is_valid() or not is_longer):
        try:
            if is_longer:
                services.extend(order_id=order_id, actor=actor, at=at, **longer.cleaned_data)
            else:
                _act(request, order_id, form.cleaned_data.get("text", ""))
        except NotFound:
            raise
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                shown.add_error(error["field"] if error["field"] in longer.fields and is_longer else None,
                                error["message"])  # fmt: skip
        else:
            messages.success(request, _("Noted."))
            return redirect("safety:order", order_id=order_id)
    page = queries.order_page(order_id=order_id, actor=actor, at=at)
    steps = [name for name, step in services.STEPS.items() if page.row.state in step.before]
    if page.row.kind != "preservation":
        steps = [name for name in steps if name != "renew"]
    if not page.row.is_confidential or page.told_at:
        steps = [name for name in steps if name != "lift"]
    return render(
        request,
        "safety/order.html",
        {
            "order": page,
            "form": form,
            "longer": longer,
            "may_extend": page.row.state in {"received", "verified"},
            "may_silence": page.row.is_confidential and page.silent_until and not page.told_at,
            "steps": steps,
            "letter": letters.letter(order_id=order_id, step="received"),
            "act": kinds.BY_KEY[page.row.kind].act,
            **_words(),
        },
        status=422 if shown.is_bound and shown.errors else 200,
    )


def _act(request: HttpRequest, order_id: str, text: str) -> None:
    actor, at = actor_of(request), clock.now()
    if "handed" in request.POST:
        disclosing.hand_over(
            disclosure_id=request.POST["handed"], to=request.POST.get("to", ""), how=text, actor=actor, at=at
        )
    else:
        services.take_step(order_id=order_id, step=request.POST.get("step", ""), text=text, actor=actor, at=at)


@permission_required("orders.manage")
@require_POST
def package(request: HttpRequest, disclosure_id: str) -> HttpResponse:
    """The package as a file; looking is recorded with what it is for."""
    actor = actor_of(request)
    packed = disclosing.open_package(
        disclosure_id=disclosure_id, purpose=request.POST.get("purpose", ""), actor=actor, at=clock.now()
    )
    return HttpResponse(
        packed,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{disclosure_id}.zip"',
            "Cache-Control": "private, no-store",
        },
    )


def _words() -> dict[str, dict[str, str]]:
    return {
        "kind_names": {kind.key: str(kind.label) for kind in kinds.KINDS},
        "state_names": {key: str(label) for key, label in kinds.STATES.items()},
        "step_names": {
            "verify": _("It is genuine and valid"), "carry_out": _("Carry out"), "renew": _("Renew for 90 days"),
            "answer": _("Answer"), "refuse": _("Refuse"), "withdraw": _("It was withdrawn"), "note": _("Add a note"),
            "lift": _("Those concerned may be told now"),
            "received": _("Entered"), "extend": _("Extended"),
        },
        "custody_names": {"made": _("Made"), "looked": _("Looked at"), "handed": _("Handed over")},
    }  # fmt: skip
