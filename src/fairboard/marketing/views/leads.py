"""What anybody may open: a form on its own page, and the page for advertisers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.marketing import form_guard, tokens
from fairboard.marketing.queries import forms as queries
from fairboard.marketing.services import form_taking
from fairboard.marketing.services.form_taking import UTM, Sent


@csrf_exempt
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """A form; other sites post to it too, which is why no cookie counts here."""
    return _answered(request, queries.shown(slug=slug), "marketing/lead_form.html")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def advertise(request: HttpRequest) -> HttpResponse:
    """What advertising here offers, and the form for who wants it."""
    shown = queries.advertise()
    if shown is None:
        return render(request, "marketing/advertise.html", {"form": None})
    return _answered(request, shown, "marketing/advertise.html")


def _answered(request: HttpRequest, shown: queries.FormShown, template: str) -> HttpResponse:
    at = clock.now()
    errors: dict[str, str] = {}
    given: dict[str, Any] = {}
    if request.method == "POST":
        given = {one.key: request.POST.get(one.key, "")[:6_000] for one in shown.asked}
        try:
            form_taking.submit(slug=shown.slug, sent=_sent(request, given), at=at)
        except NotFound:
            raise
        except Problem as problem:
            errors = {one["field"]: one["message"] for one in problem.errors} or {"": problem.detail}
        else:
            return redirect(shown.redirect or f"{request.path}?sent=1")
    elif "sent" not in request.GET:
        form_taking.count_view(form_id=shown.id, at=at)
    origin = {key: (request.POST.get(key) or request.GET.get(key, ""))[:200] for key in UTM}
    page = request.POST.get("page") or request.GET.get("page") or request.META.get("HTTP_REFERER", "")
    context = {
        "form": shown, "given": given, "errors": errors, "sent": "sent" in request.GET and request.method == "GET",
        "token": form_guard.token(shown.id, at), "trap": form_guard.TRAP, "origin": {**origin, "page": page[:400]},
        "agreed": "agreed" in request.POST, "prefilled": request.GET if request.method == "GET" else {},
    }  # fmt: skip
    answer = render(request, template, context, status=422 if errors else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _sent(request: HttpRequest, given: dict[str, str]) -> Sent:
    origin = {key: request.POST.get(key, "") for key in (*UTM, "page")}
    origin["page"] = origin["page"] or request.META.get("HTTP_REFERER", "")
    origin["language"] = (get_language() or "en").split("-")[0]
    return Sent(
        values=given,
        has_agreed="agreed" in request.POST,
        trap=request.POST.get(form_guard.TRAP, ""),
        token=request.POST.get("token", "")[:100],
        origin=origin,
        proof={"ip_hash": tokens.ip_hash(request.META.get("REMOTE_ADDR", ""))},
    )
