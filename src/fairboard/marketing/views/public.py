"""What whoever gets a mail may open without signing in: a GET shows, only a POST acts (RFC 8058, 3.2)."""

from base64 import b64decode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock
from fairboard.kit.actors import ANONYMOUS
from fairboard.kit.problems import NotFound, Problem
from fairboard.marketing import tokens
from fairboard.marketing.queries import consents as queries
from fairboard.marketing.services import consents, feedback

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def _proof(request: HttpRequest, form: str) -> dict[str, str]:
    """What shows where and when somebody said something: a keyed hash of the network address, never the address."""
    return {
        "form": form, "ip_hash": tokens.ip_hash(request.META.get("REMOTE_ADDR", "")),
        "language": (get_language() or "en").split("-")[0],
    }  # fmt: skip


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One click in a mail program posts here; a person who follows the link is shown a button."""
    named = tokens.read_delivery(tokens.UNSUBSCRIBE, token)
    if named is None:
        raise NotFound(_("This link is not complete. Open it from the mail again."))
    preferences = ""
    if request.method == "POST":
        way = "one-click" if request.POST.get("List-Unsubscribe") == "One-Click" else "link"
        preferences = feedback.unsubscribe(
            delivery=named.delivery, source=way, proof=_proof(request, way), actor=ANONYMOUS, at=clock.now()
        )
    return _private(render(request, "marketing/unsubscribe.html", {"preferences": preferences}))


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """The address's own page: each topic on or off, or everything off."""
    if request.method == "POST":
        given = [] if request.POST.get("off") else request.POST.getlist("topics")
        consents.set_preferences(
            token=token, given=given, proof=_proof(request, "preferences"), actor=ANONYMOUS, at=clock.now()
        )
        return redirect(f"{request.path}?saved=1")
    page = queries.preferences(token)
    if page is None:
        raise NotFound(_("This link is not complete. Open it from the mail again."))
    return _private(render(request, "marketing/preferences.html", {"page": page, "saved": "saved" in request.GET}))


@require_http_methods(["GET", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for mail: what was asked is confirmed by a link in a mail."""
    typed = {"address": request.POST.get("address", "")[:254], "topics": request.POST.getlist("topics")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            consents.ask(
                address=str(typed["address"]), topics=list(typed["topics"]), source="sign-up page",
                proof=_proof(request, "subscribe"), actor=ANONYMOUS, at=clock.now(),
            )  # fmt: skip
        except Problem as problem:
            errors = {one["field"]: one["message"] for one in problem.errors} or {"": problem.detail}
        else:
            return redirect(f"{request.path}?asked=1")
    context = {"topics": queries.topics(), "typed": typed, "errors": errors, "asked": "asked" in request.GET}
    return render(request, "marketing/subscribe.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: a button, for mail programs open links by themselves."""
    if request.method == "POST":
        own = consents.confirm(token=token, proof=_proof(request, "confirm"), actor=ANONYMOUS, at=clock.now())
        return redirect("mail:preferences", token=own)
    link = queries.confirm_link(token, clock.now())
    names = {one.key: one for one in queries.topics(archived=True)}
    chosen = (
        [(names[key].name if key in names else key, wording) for key, wording, _version in link.topics] if link else []
    )
    return _private(
        render(request, "marketing/confirm.html", {"link": link, "topics": chosen}, status=200 if link else 410)
    )


@require_GET
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The picture that counts an open, where a mailing counts them."""
    feedback.opened(token=token, at=clock.now())
    return _private(HttpResponse(_PIXEL, content_type="image/gif"))


@require_GET
def clicked(request: HttpRequest, token: str) -> HttpResponse:
    """A counted link: on to where it leads, which the mailing says and not the address."""
    return _private(redirect(feedback.clicked(token=token, at=clock.now())))
