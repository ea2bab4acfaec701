"""Networks of linked ads: the list, and one of them drawn."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_networks import HoldForm
from fairboard.safety.queries import networks as queries
from fairboard.safety.queries.graphs import drawing
from fairboard.safety.services import networks as services
from fairboard.ui import listbar

KINDS = {
    "phone": gettext_lazy("Telephone number"),
    "email": gettext_lazy("Mail address"),
    "handle": gettext_lazy("Name on another service"),
    "url": gettext_lazy("Link"),
    "crypto": gettext_lazy("Crypto address"),
    "payment": gettext_lazy("Payment instrument"),
    "account": gettext_lazy("Account"),
    "device": gettext_lazy("Device"),
    "photo": gettext_lazy("Photo"),
    "template": gettext_lazy("Text"),
}
"""What kinds of evidence are called."""


@permission_required("desk.view")
@require_GET
def network_list(request: HttpRequest) -> HttpResponse:
    """Networks, those of the highest risk first."""
    schema = queries.network_schema()
    asked = from_query(dict(request.GET.lists()), schema)
    page = queries.networks(actor=actor_of(request), tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, schema, asked, page.next_cursor)
    return render(request, "safety/networks.html", {"networks": page.items, **bar})


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def network(request: HttpRequest, network_id: str) -> HttpResponse:
    """One network: what ties it, its ads, and acting on all of it."""
    actor = actor_of(request)
    form = HoldForm(request.POST if request.method == "POST" and "case" not in request.POST else None)
    if request.method == "POST":
        try:
            if "case" in request.POST:
                case_id = services.open_network_case(network_id=network_id, actor=actor, at=clock.now())
                return redirect("safety:case", case_id=case_id)
            form.is_valid()
            held = services.hold_network(network_id=network_id, actor=actor, at=clock.now(), **form.typed())
        except Invalid as problem:
            for error in problem.errors:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        except Problem as problem:
            if not form.is_bound:
                raise
            form.add_error(None, problem.detail)
        else:
            said = _("%(cases)d ads wait for the desk now; %(members)d members are on hold.")
            messages.success(request, said % {"cases": held.cases, "members": held.members})
            return redirect("safety:network", network_id=network_id)
    page = queries.network_page(network_id=network_id, actor=actor)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "safety/network.html", {**shown(page), "form": form}, status=status)


def shown(page: queries.NetworkPage | None, *, most: int = 60) -> dict[str, Any]:
    """What the page and the fragment `safety/parts/network.html` are given: figures, drawing, ads, evidence."""
    if page is None:
        return {"network": None}
    kinds = {key: str(label) for key, label in KINDS.items()}
    return {"network": page.network, "ads": page.ads, "evidence": page.evidence, "more_ads": page.more_ads,
            "drawing": drawing(page, most=most), "evidence_kinds": kinds}  # fmt: skip
