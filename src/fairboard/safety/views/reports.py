"""Reports to the CyberTipline: the list, and one report from draft to done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_evidence import REPORT_LABELS, ReportForm
from fairboard.safety.queries import reports as queries
from fairboard.safety.services import reporting
from fairboard.ui import listbar

STEPS = {
    "open": gettext_lazy("Open"),
    "upload": gettext_lazy("Upload"),
    "fileinfo": gettext_lazy("File information"),
    "finish": gettext_lazy("Finish"),
    "retract": gettext_lazy("Take back"),
}


@permission_required("reports.send")
@require_http_methods(["GET", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """All reports; a POST with a case begins one."""
    actor, at = actor_of(request), clock.now()
    if request.method == "POST":
        made = reporting.create(case_id=request.POST.get("case", ""), actor=actor, at=at)
        return redirect("safety:report", report_id=made)
    asked = from_query(dict(request.GET.lists()), queries.report_schema())
    page = queries.reports(actor=actor, tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, queries.report_schema(), asked, page.next_cursor)
    return render(
        request,
        "safety/reports.html",
        {
            "reports": page.items,
            "states": REPORT_LABELS,
            "alarm": queries.undelivered(actor=actor, at=at),
            "is_dry_run": reporting.is_dry_run(),
            **bar,
        },
    )


@permission_required("reports.send")
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, report_id: str) -> HttpResponse:
    """One report: change and preview the draft, send it, follow its steps, try again, take it back."""
    actor, at = actor_of(request), clock.now()
    page = queries.report_page(report_id=report_id, actor=actor)
    types = reporting.known_elements().incident_types
    form = ReportForm(request.POST if request.POST.get("act") == "save" else None, incident_types=types, initial={
        "incident_type": page.report.incident_type, "note": page.note, "high_priority": page.high_priority,
        "with_photos": page.with_photos, "photos_viewed": page.photos_viewed,
    })  # fmt: skip
    trouble = ""
    if request.method == "POST":
        try:
            _act(request, report_id, form, actor)
        except Invalid as problem:
            if form.is_bound and problem.field in form.fields:
                form.add_error(problem.field, problem.detail)
            else:
                trouble = problem.detail
        except Conflict as problem:
            trouble = problem.detail
        else:
            return redirect("safety:report", report_id=report_id)
        page = queries.report_page(report_id=report_id, actor=actor)
    preview = None
    if page.report.state == "draft":
        try:
            preview = reporting.preview(report_id=report_id, actor=actor, at=at)
        except Problem as problem:
            trouble = trouble or problem.detail
    answer = render(
        request,
        "safety/report.html",
        {
            "page": page, "report": page.report, "form": form, "preview": preview, "trouble": trouble,
            "states": REPORT_LABELS, "steps": STEPS, "is_dry_run": reporting.is_dry_run(),
        },
        status=422 if trouble or (form.is_bound and form.errors) else 200,
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _act(request: HttpRequest, report_id: str, form: ReportForm, actor: Actor) -> None:
    """What a button on the page asks for. Raises Invalid, Conflict."""
    act, at = request.POST.get("act", ""), clock.now()
    if act == "save":
        if not form.is_valid():
            raise Invalid(_("Some fields need another look."))
        reporting.revise(report_id=report_id, **form.cleaned_data, actor=actor, at=at)
        messages.success(request, _("Saved. Look at what would be sent, below."))
    elif act == "send":
        state = reporting.approve(report_id=report_id, mark=request.POST.get("mark", ""), actor=actor, at=at)
        checked = _("Checked. Nothing was sent: this installation names no service.")
        messages.success(request, checked if state == "checked" else _("The report is on its way."))
    elif act == "retry":
        reporting.retry(report_id=report_id, actor=actor, at=at)
        messages.success(request, _("It is tried again now."))
    elif act == "retract":
        reporting.retract(report_id=report_id, actor=actor, at=at)
        messages.success(request, _("The report is taken back."))
    else:
        raise Invalid(_("Choose what to do."))
