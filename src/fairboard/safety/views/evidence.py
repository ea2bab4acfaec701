"""The evidence of a case: hashes and who looked for everybody who may know of it, the contents against a purpose."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import Conflict, Gone, Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_evidence import PURPOSES, REPORT_LABELS, LookForm
from fairboard.safety.queries import evidence as queries
from fairboard.safety.queries.reports import reports_of
from fairboard.safety.services import evidence as services


@permission_required("evidence.view")
@require_http_methods(["GET", "POST"])
def case_evidence(request: HttpRequest, case_id: str) -> HttpResponse:
    """The pieces of a case; a POST keeps what is known now."""
    actor, at = actor_of(request), clock.now()
    if request.method == "POST":
        services.keep(case_id=case_id, actor=actor, at=at, again=bool(request.POST.get("again")))
        messages.success(request, _("Sealed as it is known now."))
        return redirect("safety:case_evidence", case_id=case_id)
    return render(
        request,
        "safety/case_evidence.html",
        {
            "case_id": case_id,
            "pieces": queries.evidence_of(case_id=case_id, actor=actor),
            "reports": reports_of(case_id=case_id, actor=actor),
            "states": REPORT_LABELS,
            "may_report": actor.can("reports.send") and actor.can("desk.child"),
            "purposes": {key: str(label) for key, label in PURPOSES},
        },
    )


@permission_required("evidence.view")
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, evidence_id: str) -> HttpResponseBase:
    """One piece: why one looks is asked, written down, and only then the contents are shown or sent."""
    actor, at = actor_of(request), clock.now()
    piece = queries.evidence_by_id(evidence_id=evidence_id, actor=actor)
    form = LookForm(request.POST or None)
    shown = None
    if request.method == "POST":
        form.is_valid()
        asked = {"purpose": request.POST.get("purpose", ""), "reason": request.POST.get("reason", "")}
        try:
            if request.POST.get("act") == "download":
                chunks = services.download(evidence_id=evidence_id, **asked, actor=actor, at=at)
                return StreamingHttpResponse(
                    chunks,
                    content_type="application/x-tar",
                    headers={
                        "Content-Disposition": f'attachment; filename="evidence-{evidence_id}.tar"',
                        "Cache-Control": "no-store",
                    },
                )
            shown = services.look(evidence_id=evidence_id, **asked, actor=actor, at=at)
        except Invalid as problem:
            for error in problem.errors:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        except (Gone, Conflict) as problem:
            form.add_error(None, problem.detail)
    files = shown.files if shown else {}
    texts = {name: _readable(name, content) for name, content in files.items() if name.endswith((".json", ".xml"))}
    answer = render(
        request,
        "safety/evidence.html",
        {
            "piece": queries.evidence_by_id(evidence_id=evidence_id, actor=actor) if shown else piece,
            "form": form,
            "is_shown": shown is not None,
            "manifest": shown.manifest if shown else None,
            "texts": texts,
            "purposes": {key: str(label) for key, label in PURPOSES},
        },
        status=422 if form.is_bound and form.errors else 200,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _readable(name: str, content: bytes) -> str:
    """A part as text, JSON with its lines indented."""
    text = content.decode("utf-8", "replace")
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) if name.endswith(".json") else text
