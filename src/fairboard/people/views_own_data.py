"""Settings, which mails one gets, a copy of one's data, and the end of one's account."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.people import queries_own_data
from fairboard.people.actors import actor_of, member_of
from fairboard.people.decorators import sign_in_required
from fairboard.people.queries_mails import choices
from fairboard.people.services import mails, own_data


@sign_in_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Which mails one gets."""
    actor = actor_of(request)
    if request.method == "POST":
        mails.choose_mails(actor=actor, wanted=request.POST.getlist("mails"), at=clock.now())
        messages.success(request, _("Kept."))
        return redirect("people_settings")
    return render(request, "people/settings.html", {"choices": choices(actor.id)})


@sign_in_required
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """A copy of one's data, and the end of one's account."""
    return _page(request)


def _page(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "copy": queries_own_data.newest_request(actor=actor, kind="copy"),
        "erasure": queries_own_data.newest_request(actor=actor, kind="erasure"),
        "days": own_data.WAIT.days,
        "problem": problem,
    }
    return render(request, "people/own_data.html", context, status=problem.status if problem else 200)


@sign_in_required
@require_POST
def ask_copy(request: HttpRequest) -> HttpResponse:
    """Ask for a copy."""
    try:
        own_data.ask_copy(actor=actor_of(request), at=clock.now())
    except Problem as problem:
        return _page(request, problem)
    return redirect("people_own_data")


@sign_in_required
@require_GET
@never_cache
def download(request: HttpRequest, request_id: str) -> HttpResponseBase:
    """The copy itself, for the member it is about."""
    actor = actor_of(request)
    path = queries_own_data.file_of(actor=actor, request_id=request_id, at=clock.now())
    if not path or not default_storage.exists(path):
        raise NotFound(_("There is no such copy, or its time is over. Ask for a new one."))
    own_data.note_download(actor=actor, at=clock.now())
    return FileResponse(default_storage.open(path), as_attachment=True, filename="my-data.zip")


@sign_in_required
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Ask for the erasure of one's account, confirmed with the password where there is one."""
    member = member_of(request)
    assert member is not None
    if "cancel" in request.POST:
        own_data.cancel_erasure(actor=actor_of(request), at=clock.now())
        messages.success(request, _("Your account stays."))
        return redirect("people_own_data")
    typed = request.POST.get("password", "") or request.POST.get("email", "").strip().lower()
    is_sure = member.check_password(typed) if member.has_usable_password() else typed == member.email
    if not is_sure:
        said = _("That is not your password.") if member.has_usable_password() else _("That is not your address.")
        return _page(request, NotSure(said, field="password"))
    try:
        own_data.ask_erasure(actor=actor_of(request), at=clock.now())
    except Problem as problem:
        return _page(request, problem)
    return redirect("people_own_data")


class NotSure(Problem):
    """What was typed to confirm is not right."""

    status = 422
    code = "not-confirmed"
