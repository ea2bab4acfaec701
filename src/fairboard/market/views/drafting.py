"""The small answers of the posting page: keeping a draft, its photos, and what is suggested while one types."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairboard.kit import clock, limits
from fairboard.kit.problems import Invalid, Problem
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow
from fairboard.market.forms import AdForm
from fairboard.market.pictures import LARGEST_BYTES
from fairboard.market.queries.ads import photo_address
from fairboard.market.queries.suggesting import nearest_city, suggest_categories, suggested_values
from fairboard.market.services import photos, saving
from fairboard.market.services.saving import SESSION_KEY, Holder
from fairboard.people.actors import actor_of

MOST_OF_A_SESSION = 10
FIELDS = ("title", "body", "category", "price_type", "price", "place")
PHOTOS_AN_HOUR, VISITOR_PHOTOS_AN_HOUR, DRAFTS_AN_HOUR = 200, 60, 60


def session_drafts(request: HttpRequest) -> list[str]:
    """The drafts this browser session began; a visitor without a session has none, and none is made for asking."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.session.modified:
        return []
    return [str(one) for one in request.session.get(SESSION_KEY, [])]


def holder_of(request: HttpRequest) -> Holder:
    """Who writes: the actor and the session's drafts."""
    return Holder(actor_of(request), frozenset(session_drafts(request)))


def remember(request: HttpRequest, draft_id: str) -> None:
    """Note a visitor's draft in their session; a member's is theirs anyway."""
    known = session_drafts(request)
    if not actor_of(request).id and draft_id not in known:
        request.session[SESSION_KEY] = [*known, draft_id][-MOST_OF_A_SESSION:]


def typed(request: HttpRequest) -> dict[str, Any]:
    """The fields of an ad as they were sent, attributes too; everything else of the form is left out."""
    values: dict[str, Any] = {}
    for name in request.POST:
        if name in FIELDS or name.startswith("attributes."):
            given = request.POST.getlist(name)
            values[name] = given if len(given) > 1 else given[0]
    return values


def chosen_category(request: HttpRequest, given: CategoryRow | None) -> CategoryRow | None:
    """The category a form was sent with: the suggestion that was pressed, what is chosen, or the page's own."""
    known = catalogue.current().categories
    for wanted in (request.POST.get("choose", ""), request.POST.get("category", "")):
        row = known.get(wanted)
        if row is not None and row.parent:
            return row
    return given


def _limit(request: HttpRequest, name: str, member: int, visitor: int) -> None:
    actor = actor_of(request)
    who = actor.id or str(request.META.get("REMOTE_ADDR", ""))
    limits.check(f"{name}:{who}", limit=member if actor.id else visitor, per_seconds=3600, at=clock.now())


def _refused(problem: Problem, name: str = "") -> JsonResponse:
    said = f"{name}: {problem.detail}" if name else problem.detail
    return JsonResponse({"message": said, "code": problem.code}, status=problem.status)


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """Keep what is typed so far; answers with the draft's id."""
    draft = request.POST.get("draft", "")[:16]
    sent = [photo for photo in request.POST.getlist("photos") if photo.isalnum()][: photos.MOST_PHOTOS]
    try:
        if not draft:
            _limit(request, "draft", DRAFTS_AN_HOUR * 4, DRAFTS_AN_HOUR)
        kept = saving.save_draft(
            holder=holder_of(request), values=typed(request), photos=sent, at=clock.now(), draft_id=draft,
            ad_id=request.POST.get("ad", "")[:16],
        )  # fmt: skip
    except Problem as problem:
        return _refused(problem)
    remember(request, kept)
    return JsonResponse({"draft": kept})


@require_POST
def add_photo(request: HttpRequest) -> JsonResponse:
    """Take one photo of a draft; what cannot be used is refused by its name."""
    draft, file = request.POST.get("draft", "")[:16], request.FILES.get("file")
    name = str(file.name) if file else ""
    try:
        if file is None:
            raise Invalid(_("The file is empty."), field="photos")
        _limit(request, "photo", PHOTOS_AN_HOUR, VISITOR_PHOTOS_AN_HOUR)
        raw = file.read(LARGEST_BYTES + 1)
        if not draft:
            draft = saving.begin(holder=holder_of(request), at=clock.now())
            remember(request, draft)
        made = photos.add_to_draft(holder=holder_of(request), draft_id=draft, raw=raw, at=clock.now())
    except Problem as problem:
        return _refused(problem, name)
    return JsonResponse({"draft": draft, **_shown(made)})


@require_POST
def rotate_photo(request: HttpRequest, photo_id: str) -> JsonResponse:
    """Turn a photo a quarter to the right; answers with the one that takes its place."""
    try:
        _limit(request, "photo", PHOTOS_AN_HOUR, VISITOR_PHOTOS_AN_HOUR)
        made = photos.rotate(
            holder=holder_of(request), photo_id=photo_id, at=clock.now(), draft_id=request.POST.get("draft", "")[:16]
        )
    except Problem as problem:
        return _refused(problem)
    return JsonResponse(_shown(made))


def _shown(made: photos.PhotoRow) -> dict[str, Any]:
    return {"photo": made.id, "width": made.width, "height": made.height, "small": photo_address(made.id, "s")}


@require_POST
def discard(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Throw a draft away."""
    saving.discard(holder=holder_of(request), draft_id=draft_id, at=clock.now())
    return redirect("market:mine" if actor_of(request).id else "market:post")


@require_POST
def fields(request: HttpRequest) -> HttpResponse:
    """The questions of the category that was just chosen, with what is typed already."""
    form = AdForm(chosen_category(request, None), initial=typed(request))
    return render(request, "market/parts/post_details.html", {"form": form, "alone": True})


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """Categories a title is probably about, as buttons."""
    title = request.GET.get("title", "").replace("\x00", "").strip()[:120]
    found = suggest_categories(title) if len(title) > 2 else []
    return render(request, "market/parts/post_suggestions.html", {"suggestions": found, "typed_title": title})


@require_GET
def values(request: HttpRequest) -> HttpResponse:
    """What to offer for an attribute, by the choice it depends on, as ``<option>`` elements."""
    category, key, by = (request.GET.get(name, "")[:80] for name in ("category", "key", "by"))
    chosen = request.GET.get(f"attributes.{by}", "")
    found = suggested_values(category, key, {by: chosen})
    return render(request, "market/parts/options.html", {"values": found})


@require_GET
def nearest(request: HttpRequest) -> JsonResponse:
    """The city nearest to where a browser says it is; the point itself is kept nowhere."""
    try:
        latitude, longitude = float(request.GET.get("latitude", "")), float(request.GET.get("longitude", ""))
    except ValueError:
        return JsonResponse({"place": ""}, status=422)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return JsonResponse({"place": ""}, status=422)
    row = nearest_city(latitude, longitude)
    return JsonResponse({"place": row.label if row else "", "code": row.code if row else ""})
