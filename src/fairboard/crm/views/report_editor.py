"""The report editor: one form with a preview, that works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.access import SeatInfo, seat_of
from fairboard.crm.queries.records import readable, schema_for
from fairboard.crm.queries.report_list import ReportRow
from fairboard.crm.services import reports as services
from fairboard.crm.views import filtering, report_form, report_tables
from fairboard.filters import Schema
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

USUAL = {"measures": [{"key": "count", "function": "count"}], "chart": {"kind": "bar"}}


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def new_report(request: HttpRequest) -> HttpResponse:
    """A new report: choose the type, then define it."""
    actor = actor_of(request)
    key = request.GET.get("type", "")
    if not key:
        return render(request, "crm/report_new.html", {"types": report_ready.usable(seat_of(actor))})
    seat, info = readable(actor, key)
    return _Editor(request, actor, seat, info, None).answer()


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def edit_report(request: HttpRequest, report_id: str) -> HttpResponse:
    """Change a report, or save it as one's own."""
    actor = actor_of(request)
    row = report_list.report(actor=actor, report_id=report_id)
    seat, info = readable(actor, row.type_key)
    return _Editor(request, actor, seat, info, row).answer()


class _Editor:
    """One request of the editor."""

    def __init__(
        self, request: HttpRequest, actor: Actor, seat: SeatInfo, info: TypeInfo, row: ReportRow | None
    ) -> None:  # fmt: skip
        self.request, self.actor, self.seat, self.info, self.row = request, actor, seat, info, row
        self.schema: Schema = schema_for(seat, info)
        self.definition: dict[str, Any] = dict(row.definition) if row else dict(USUAL)
        self.root = filtering.from_tree(self.definition.get("filter"))
        self.meta = {
            "name": row.name if row else "", "description": row.description if row else "",
            "shared": bool(row and row.is_shared and row.may_edit),
        }  # fmt: skip
        self.problem = ""

    def answer(self) -> HttpResponse:
        """The page, the builder alone for its buttons, or where a saved report is shown."""
        request = self.request
        shows = True
        if request.method == "POST":
            what = request.POST.get("do", "preview")
            self._read(what)
            if request.headers.get("HX-Request"):
                return render(request, "crm/parts/builder.html", self._builder())
            if what == "save" and not self.problem and (saved := self._saved()) is not None:
                messages.success(request, _("The report %(name)s was saved.") % {"name": saved.name})
                return redirect("crm:report", saved.id)
            shows = not self.problem
        shown = self._preview() if shows else None
        context = {
            "report": self.row, "type": self.info, **self.meta, "problem": self.problem,
            "may_share": self.seat.may("reports"), "is_copy": bool(self.row and not self.row.may_edit),
            "shown": shown, **self._builder(),
            "form": report_form.controls(self.definition, self.schema, self.info),
        }  # fmt: skip
        return render(request, "crm/report_edit.html", context)

    def _read(self, what: str) -> None:
        given = self.request.POST
        self.meta = {
            "name": given.get("name", ""), "description": given.get("description", ""),
            "shared": given.get("shared") == "yes",
        }  # fmt: skip
        self.root = filtering.from_form(dict(given.lists()))
        if what.partition(":")[0] in {"add", "group", "drop"}:
            filtering.act(self.root, what)
        tree = filtering.to_tree(self.root, self.schema, self.info, self.actor)
        if what in {"save", "preview"} and _has_error(self.root):
            self.problem = str(_("Please look at the filter again."))
        try:
            self.definition = report_form.fitting(report_form.typed(given, tree), self.schema)
        except Invalid as problem:
            self.problem = problem.detail

    def _saved(self) -> ReportRow | None:
        mine = self.row is not None and self.row.may_edit and self.request.POST.get("as") != "copy"
        try:
            return services.save_report(
                type_key=self.info.key, name=str(self.meta["name"]), definition=self.definition, actor=self.actor,
                at=clock.now(), report_id=self.row.id if self.row and mine else "",
                description=str(self.meta["description"]), is_shared=bool(self.meta["shared"]),
            )  # fmt: skip
        except (Invalid, Forbidden) as problem:
            self.problem = problem.detail
            return None

    def _preview(self) -> dict[str, Any] | None:
        try:
            result = report_ready.run(
                actor=self.actor, type_key=self.info.key, definition=self.definition, at=clock.now()
            )
        except Invalid as problem:
            self.problem = problem.detail
            return None
        return report_tables.drawn(result, at=clock.now())

    def _builder(self) -> dict[str, Any]:
        return {
            "builder": filtering.draw(self.root, self.schema, self.info, self.actor),
            "fields": filtering.fields_of(self.schema, self.info),
            "joins": [{"key": key, "label": str(label)} for key, label in filtering.JOINS.items()],
        }  # fmt: skip


def _has_error(part: filtering.Part) -> bool:
    return bool(part.error) or any(_has_error(one) for one in part.children)
