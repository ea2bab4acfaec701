"""The suppression list: looked at, added to, lifted from, brought in and taken out."""

import csv
from io import StringIO, TextIOWrapper

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.marketing.forms import ListForm, SuppressForm, add_problem
from fairboard.marketing.queries import suppressions as queries
from fairboard.marketing.queries.rights import may_send
from fairboard.marketing.services import suppressions as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.ui import listbar


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def suppression_list(request: HttpRequest) -> HttpResponse:
    """The list, newest first; one address can be looked for and added."""
    actor = actor_of(request)
    form = SuppressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.suppress_address(**form.cleaned_data, actor=actor, at=clock.now())
        except Problem as problem:
            add_problem(form, problem.errors, problem.detail)
        else:
            messages.success(request, _("Nothing of marketing goes to this address any more."))
            return redirect("marketing:suppressions")
    asked = from_query(dict(request.GET.lists()), queries.schema())
    looked_for = request.GET.get("find", "")[:254]
    page = queries.suppressions(actor=actor, tree=asked.tree, address=looked_for, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, queries.schema(), asked, page.next_cursor)
    context = {"rows": page.items, "form": form, "find": looked_for, "lists": ListForm(), "may_send": may_send(actor)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/suppressions.html", {**context, **bar}, status=status)


@permission_required("marketing.use")
@require_POST
def lift(request: HttpRequest, suppression_id: str) -> HttpResponse:
    """Take one reason off the list."""
    why = request.POST.get("why", "")
    try:
        services.lift(suppression_id=suppression_id, why=why, actor=actor_of(request), at=clock.now())
        messages.success(request, _("Taken off the list."))
    except NotFound:
        raise
    except Problem as problem:
        messages.error(request, problem.detail or str(problem.title))
    return redirect("marketing:suppressions")


@permission_required("marketing.use")
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """Bring in a list."""
    form = ListForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            lines = TextIOWrapper(form.cleaned_data["file"].file, encoding="utf-8-sig", errors="replace")
            done = services.bring_in(
                lines=lines, source=form.cleaned_data["source"], actor=actor_of(request), at=clock.now()
            )
            said = _("%(added)d added, %(known)d known, %(faulty)d lines are no address.") % {
                "added": done.added, "known": done.known, "faulty": len(done.faulty)
            }  # fmt: skip
            messages.success(request, said)
        else:
            messages.error(request, _("Choose a file and say where it is from."))
    except Problem as problem:
        messages.error(request, problem.detail or str(problem.title))
    return redirect("marketing:suppressions")


@permission_required("marketing.use")
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The list as CSV: keyed hashes, to be brought in where the same key is known."""
    actor, out = actor_of(request), StringIO()
    writer = csv.writer(out)
    writer.writerow(["digest", "reason", "source", "at"])
    rows = list(queries.all_rows(actor=actor))
    writer.writerows([f"hmac:{one.digest}", one.reason, one.source, one.at.isoformat()] for one in rows)
    services.note_export(count=len(rows), actor=actor, at=clock.now())
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="suppressions.csv"'
    return response
