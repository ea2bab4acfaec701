"""Reports: which there are, one with its chart and figures, as a file, by mail."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.crm.catalogue import catalogue
from fairboard.crm.chart_process import DrawingFailed
from fairboard.crm.models.reports import RHYTHMS
from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.reports import Result
from fairboard.crm.services import charts, report_files, report_mail
from fairboard.crm.services import reports as services
from fairboard.crm.services.report_files import Titled
from fairboard.crm.views import report_tables
from fairboard.crm.views.report_words import RHYTHM_WORDS
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound
from fairboard.people import queries as people
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

MOST_TURNS = 40
"""How often a page asks for a chart before it says that it takes longer."""


@permission_required("crm.use")
@require_GET
def report_index(request: HttpRequest) -> HttpResponse:
    """The reports and dashboards of whoever asks."""
    actor = actor_of(request)
    known = catalogue().types
    found = report_list.reports_of(actor=actor)
    names = people.names_of({one.owner_id for one in found if one.owner_id})
    rows = [
        {"row": one, "type": known[one.type_key], "owner": names.get(one.owner_id, ""),
         "kind": str(report_ready.KINDS.get(str(one.definition.get("kind") or ""), ""))}
        for one in found
    ]  # fmt: skip
    context = {
        "mine": [one for one in rows if one["row"].owner_id == actor.id and actor.id],  # type: ignore[attr-defined]
        "shared": [one for one in rows if one["row"].owner_id != actor.id],  # type: ignore[attr-defined]
        "dashboards": report_list.dashboards_of(actor=actor),
        "types": report_ready.usable(seat_of(actor)),
    }
    return render(request, "crm/reports.html", context)


def _run(actor: Actor, row: report_list.ReportRow) -> tuple[Result | None, str]:
    try:
        result = report_ready.run(actor=actor, type_key=row.type_key, definition=row.definition, at=clock.now())
    except Invalid as problem:
        return None, problem.detail
    return result, ""


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def one_report(request: HttpRequest, report_id: str) -> HttpResponse:
    """A report with its chart and figures; delete it."""
    actor = actor_of(request)
    row = report_list.report(actor=actor, report_id=report_id)
    if request.method == "POST":
        services.delete_report(report_id=report_id, actor=actor, at=clock.now())
        messages.success(request, _("The report was deleted."))
        return redirect("crm:reports")
    result, problem = _run(actor, row)
    context = {
        "report": row, "type": catalogue().type(row.type_key), "problem": problem,
        "shown": report_tables.drawn(result, at=clock.now()) if result else None,
        "may_export": seat_of(actor).may("export"), "forms": report_files.FORMS,
    }  # fmt: skip
    return render(request, "crm/report.html", context)


@permission_required("crm.use")
@require_GET
def chart_part(request: HttpRequest, key: str) -> HttpResponse:
    """A chart as soon as it is drawn; asked for again and again by pages that show its figures already."""
    seat_of(actor_of(request))
    found = charts.chart(key)
    if found is None:
        raise Http404
    text = request.GET.get("turn", "0")
    turn = int(text) + 1 if text.isdecimal() and len(text) < 4 else 1
    label = request.GET.get("label", "")[:200]
    context = {"chart": report_tables.chart_context(found, label, turn), "gives_up": turn > MOST_TURNS}
    return render(request, "crm/parts/chart.html", context)


@permission_required("crm.use")
@require_GET
def report_file(request: HttpRequest, report_id: str, form: str) -> HttpResponse:
    """A report as CSV, XLSX or PDF, with the right to export."""
    actor, now = actor_of(request), clock.now()
    row = report_list.report(actor=actor, report_id=report_id)
    if form not in report_files.FORMS:
        raise Http404
    services.note_export(report_id=report_id, form=form, actor=actor, at=now)
    result, problem = _run(actor, row)
    if result is None:
        raise NotFound(problem)
    if form == "csv":
        made = report_files.as_csv(result)
    elif form == "xlsx":
        made = report_files.as_xlsx(result, row.name)
    else:
        try:
            made = report_files.as_pdf(row.name, [Titled("", result)], reader=actor.name or "", at=now)
        except DrawingFailed as error:
            raise Conflict(_("The PDF could not be made. Please try again.")) from error
    answer = HttpResponse(made, content_type=report_files.TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{slugify(row.name) or "report"}.{form}"'
    return answer


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def report_mails(request: HttpRequest, report_id: str) -> HttpResponse:
    """By what mails a report goes out."""
    row = report_list.report(actor=actor_of(request), report_id=report_id)
    return mails_page(request, row)


def mails_page(request: HttpRequest, row: report_list.ReportRow | report_list.DashboardRow) -> HttpResponse:
    """The mails of a report or a dashboard: those there are, and a form for another."""
    actor, is_report = actor_of(request), isinstance(row, report_list.ReportRow)
    problem, typed = "", request.POST
    if request.method == "POST":
        try:
            report_mail.schedule(
                rhythm=typed.get("rhythm", ""), recipients=typed.getlist("recipients"), forms=typed.getlist("forms"),
                actor=actor, at=clock.now(), report_id=row.id if is_report else "",
                dashboard_id="" if is_report else row.id,
            )  # fmt: skip
        except Invalid as error:
            problem = error.detail
        else:
            messages.success(request, _("It goes out from the next time on."))
            return redirect(request.path)
    mails = report_list.mails_of(
        actor=actor, report_pk=row.pk if is_report else None, dashboard_pk=None if is_report else row.pk
    )
    colleagues = people.colleagues("crm.use")
    if not seat_of(actor).may("reports"):
        colleagues = {key: name for key, name in colleagues.items() if key == actor.id}
    chosen = typed.getlist("recipients") if request.method == "POST" else [actor.id]
    context = {
        "about": row, "is_report": is_report, "problem": problem,
        "mails": [
            {"row": one, "rhythm": str(RHYTHM_WORDS[one.rhythm]),
             "names": ", ".join(colleagues.get(key, key) for key in one.recipients),
             "forms": ", ".join(form.upper() for form in one.forms)}
            for one in mails
        ],
        "rhythms": [{"key": one, "label": str(RHYTHM_WORDS[one]), "chosen": typed.get("rhythm", "weekly") == one}
                    for one in RHYTHMS],
        "colleagues": [{"key": key, "label": name, "chosen": key in chosen} for key, name in colleagues.items()],
        "forms": [{"key": one, "chosen": one in typed.getlist("forms") if typed else one == "pdf"}
                  for one in report_mail.FORMS],
    }  # fmt: skip
    return render(request, "crm/report_mails.html", context)


@permission_required("crm.use")
@require_POST
def stop_mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Let a report go out no longer."""
    report_mail.unschedule(mail_id=mail_id, actor=actor_of(request), at=clock.now())
    messages.success(request, _("It does not go out any more."))
    return redirect("crm:reports")
