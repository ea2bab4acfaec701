"""Templates: the list, the block editor, the preview."""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.marketing import editing
from fairboard.marketing.blocks import TYPES
from fairboard.marketing.queries import templates as queries
from fairboard.marketing.services import templates as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

MAIL_POLICY = {
    "default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "img-src": ["'self'", "https:", "data:"],
    "frame-ancestors": ["'self'"], "sandbox": [""], "form-action": ["'none'"], "base-uri": ["'none'"],
}  # fmt: skip
"""What a mail may do when it is looked at in a frame: show itself. Mail is styled inline, nothing else is allowed."""


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def template_list(request: HttpRequest) -> HttpResponse:
    """Templates in use; a new one begins with its name."""
    actor, error = actor_of(request), ""
    if request.method == "POST":
        try:
            made = services.create_template(name=request.POST.get("name", ""), actor=actor, at=clock.now())
        except Invalid as problem:
            error = problem.detail
        else:
            return redirect("marketing:template", template_id=made)
    page = queries.templates(actor=actor, cursor=request.GET.get("cursor", ""))
    context = {
        "templates": page.items,
        "error": error,
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
    }
    return render(request, "marketing/templates.html", context, status=422 if error else 200)


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, template_id: str) -> HttpResponse:
    """The editor of one template in one language. Its buttons work on what is typed; only saving keeps it."""
    actor = actor_of(request)
    page = queries.template_page(template_id=template_id, actor=actor)
    language = request.POST.get("language") or request.GET.get("language") or settings.LANGUAGE_CODE
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    text = page.text(language)
    typed: dict[str, Any] = {
        "name": page.row.name, "subject": text.subject, "preheader": text.preheader, "blocks": list(text.blocks),
    }  # fmt: skip
    errors: dict[str, str] = {}
    if request.method == "POST":
        posted = {name: str(value) for name, value in request.POST.items()}
        typed = {key: posted.get(key, "") for key in ("name", "subject", "preheader")}
        typed["blocks"] = editing.read(posted)
        if button := posted.get("block", ""):
            typed["blocks"] = editing.act(typed["blocks"], button)
        else:
            errors = _saved(request, template_id, language, typed)
            if not errors:
                return redirect(f"{request.path}?language={language}")
    context = {
        "template": page, "typed": typed, "errors": errors, "language_shown": language, "types": TYPES,
        "languages": settings.LANGUAGES, "changed": request.method == "POST",
    }  # fmt: skip
    return render(request, "marketing/template.html", context, status=422 if errors else 200)


def _saved(request: HttpRequest, template_id: str, language: str, typed: dict[str, Any]) -> dict[str, str]:
    """Save what was typed, and mail it to oneself where that was asked; what is wrong by field."""
    actor, at = actor_of(request), clock.now()
    given = request.POST.get("version", "")
    try:
        services.save_text(
            template_id=template_id, name=typed["name"], actor=actor, at=at,
            draft=services.TextDraft(language, typed["subject"], typed["preheader"], typed["blocks"]),
            expected_version=int(given) if given.isdecimal() and len(given) < 10 else None,
        )  # fmt: skip
        if request.POST.get("act") == "test":
            to = services.send_test(template_id=template_id, language=language, values={}, actor=actor, at=at)
            messages.success(request, _("Saved. A test is on its way to %(address)s.") % {"address": to})
        else:
            messages.success(request, _("Saved."))
    except Problem as problem:
        found = problem.errors or [{"field": "", "message": problem.detail}]
        return {one["field"]: one["message"] for one in found}
    return {}


@permission_required("marketing.use")
@require_POST
def archive(request: HttpRequest, template_id: str) -> HttpResponse:
    """Take a template out of the list."""
    services.archive_template(template_id=template_id, actor=actor_of(request), at=clock.now())
    return redirect("marketing:templates")


@permission_required("marketing.use")
@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)  # type: ignore[arg-type]
@require_GET
def preview(request: HttpRequest, template_id: str) -> HttpResponse:
    """What was saved last, as a mail, for the frame beside the editor."""
    page = queries.template_page(template_id=template_id, actor=actor_of(request))
    values = dict(queries.SAMPLE)
    if name := request.GET.get("name", "")[:80]:
        values["contact.name"] = name
    try:
        subject, html, text = services.shown(page.texts, request.GET.get("language", ""), values, named=True)
    except Invalid as problem:
        return HttpResponse(problem.detail, content_type="text/plain; charset=utf-8")
    if request.GET.get("part") == "text":
        return HttpResponse(f"{subject}\n\n{text}", content_type="text/plain; charset=utf-8")
    return HttpResponse(html)
