"""Placing an ad in one sitting: one page for everything, also before somebody has an account."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock, money
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow
from fairboard.market.forms import AdForm
from fairboard.market.pictures import LARGEST_BYTES, BadPicture
from fairboard.market.queries import ads as ad_queries
from fairboard.market.queries import places as place_queries
from fairboard.market.queries.ads import AdRow, photo_rows
from fairboard.market.queries.previewed import preview_of
from fairboard.market.queries.saved import DraftRow, draft_for, newest_of, own_drafts
from fairboard.market.queries.suggesting import suggest_categories
from fairboard.market.services import posting, saving
from fairboard.market.services.drafts import check
from fairboard.market.services.photos import MOST_PHOTOS, Duplicate, add_to_draft, rotate
from fairboard.market.views.drafting import chosen_category, holder_of, remember, session_drafts, typed
from fairboard.market.views.lists import PLACE_COOKIE
from fairboard.people.actors import actor_of
from fairboard.people.decorators import sign_in_required
from fairboard.safety.queries.verdicts import verdict_for


@dataclass
class _Page:
    """What the page is about: the category, the ad it changes, the draft it is kept in, the photos."""

    category: CategoryRow | None
    ad: AdRow | None
    draft: str
    photos: list[str]
    preview: AdRow | None = None
    is_ready: bool = False


@require_http_methods(["GET", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """Write a new ad; what was begun before is still there."""
    return _form(request, None, None)


@require_http_methods(["GET", "POST"])
def post_form(request: HttpRequest, category: str) -> HttpResponse:
    """Write a new ad in a category."""
    row = catalogue.current().categories.get(category)
    if row is None or not row.parent:
        raise NotFound(_("There is no such category."))
    return _form(request, row, None)


@sign_in_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Write a new version of one's own ad."""
    row = ad_queries.ad_for(ad_id=ad_id, actor=actor_of(request))
    if row is None or not row.is_own:
        raise NotFound(_("You have no such ad."))
    return _form(request, row.category, row)


def _form(request: HttpRequest, category: CategoryRow | None, ad: AdRow | None) -> HttpResponse:
    if request.method != "POST":
        return _opened(request, category, ad)
    page = _Page(chosen_category(request, category), ad, request.POST.get("draft", "")[:16], _kept_photos(request))
    form = AdForm(page.category, request.POST, request.FILES)
    form.is_valid()
    _take_uploads(request, form, page)
    _arrange(request, page)
    for action, carry_out in (("choose", _stay), ("suggest", _stay), ("arrange", _stay), ("save", _saved)):
        if action in request.POST:
            return carry_out(request, form, page)
    return _sent(request, form, page)


def _opened(request: HttpRequest, category: CategoryRow | None, ad: AdRow | None) -> HttpResponse:
    """The page as it is first seen: a draft as it was left, an ad as it is, or nothing yet."""
    draft = _draft_of(request)
    if draft is not None:
        row = catalogue.current().categories.get(str(draft.values.get("category", ""))) or category
        ad = ad or (ad_queries.ad_for(ad_id=draft.ad_id, actor=actor_of(request)) if draft.ad_id else None)
        page = _Page(row, ad, draft.id, list(draft.photos), is_ready="ready" in request.GET)
        form = AdForm(row, initial=dict(draft.values))
        if page.is_ready:
            page.preview = _previewed(request, AdForm(row, _as_data(draft.values)), page)
        return _show(request, form, page)
    title = request.GET.get("title", "").strip()[:120]
    page = _Page(category, ad, "", [photo.id for photo in ad.photos] if ad else [])
    return _show(request, AdForm(category, initial=_initial(request, ad, title)), page)


def _draft_of(request: HttpRequest) -> DraftRow | None:
    wanted = request.GET.get("draft", "")
    if wanted:
        return draft_for(draft_id=wanted, actor=actor_of(request), drafts=session_drafts(request))
    if actor_of(request).id or request.GET:
        return None
    return newest_of(session_drafts(request))


def _stay(request: HttpRequest, form: AdForm, page: _Page) -> HttpResponse:
    """A button that only changes the page; mistakes wait until the ad is sent, but for photos."""
    about_photos = [str(error) for error in form.errors.get("upload", [])]
    form.errors.clear()
    for error in about_photos:
        form.add_error("upload", error)
    return _show(request, form, page, status=422 if about_photos else 200)


def _saved(request: HttpRequest, form: AdForm, page: _Page) -> HttpResponse:
    """Keep the draft and come back to it."""
    try:
        _keep(request, page)
    except Problem as problem:
        form.add_error(None, problem.detail)
        return _show(request, form, page, status=problem.status)
    if form.errors.get("upload"):
        return _stay(request, form, page)
    return redirect(f"{request.path}?{urlencode({'draft': page.draft, 'kept': 1})}")


def _sent(request: HttpRequest, form: AdForm, page: _Page) -> HttpResponse:
    """Preview, publish, or send a visitor to sign up with everything kept."""
    place = place_queries.place_by_text(str(request.POST.get("place", "")).replace("\x00", "").strip())
    draft = form.draft(place.code if place else "", page.photos)
    actor = actor_of(request)
    if form.errors:
        _check(form, draft)
        return _show(request, form, page, status=422)
    try:
        if "preview" in request.POST:
            page.preview = _previewed(request, form, page)
            return _show(request, form, page, status=422 if form.errors else 200)
        if not actor.id:
            check(draft)
            _keep(request, page)
            return redirect(f"{reverse('account_signup')}?{urlencode({'next': _ready_path(page)})}")
        done = posting.submit(actor=actor, draft=draft, at=clock.now(), ad_id=page.ad.id if page.ad else "")
    except Invalid as problem:
        form.show_errors(problem.errors or [{"field": "", "message": problem.detail}])
        return _show(request, form, page, status=422)
    except Problem as problem:
        form.add_error(None, problem.detail)
        return _show(request, form, page, status=problem.status)
    if page.draft:
        saving.finish(holder=holder_of(request), draft_id=page.draft)
    response = redirect("market:posted", ad_id=done.ad_id)
    if place:
        response.set_cookie(PLACE_COOKIE, place.code, max_age=31_536_000, samesite="Lax")
    return response


def _check(form: AdForm, draft: Any) -> None:
    """Say all that is wrong at once: what the service finds beside what the form found."""
    try:
        check(draft)
    except Invalid as problem:
        form.show_errors([one for one in problem.errors if one["field"] not in form.errors])


def _ready_path(page: _Page) -> str:
    return f"{reverse('market:post')}?{urlencode({'draft': page.draft, 'ready': 1})}"


def _previewed(request: HttpRequest, form: AdForm, page: _Page) -> AdRow | None:
    """The ad as buyers will see it; None, with errors beside the fields, when something is missing."""
    form.is_valid()
    text = str(form.data.get("place", "")).replace("\x00", "").strip()
    place = place_queries.place_by_text(text)
    try:
        checked = check(form.draft(place.code if place else "", page.photos))
    except Invalid as problem:
        form.show_errors(problem.errors)
        return None
    return preview_of(checked, actor=actor_of(request), at=clock.now())


def _keep(request: HttpRequest, page: _Page) -> None:
    values = typed(request) | ({"category": page.category.slug} if page.category else {})
    page.draft = saving.save_draft(
        holder=holder_of(request), values=values, photos=page.photos, at=clock.now(), draft_id=page.draft,
        ad_id=page.ad.id if page.ad else "",
    )  # fmt: skip
    remember(request, page.draft)


def _as_data(values: dict[str, Any]) -> Any:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _initial(request: HttpRequest, ad: AdRow | None, title: str) -> dict[str, Any]:
    if ad is None:
        place = catalogue.current().places.get(request.COOKIES.get(PLACE_COOKIE, ""))
        return {"place": place.label if place else "", "title": title}
    values: dict[str, Any] = {
        "title": ad.title, "body": ad.body, "price_type": ad.price_type, "place": ad.place.label,
        "price": f"{money.to_major(ad.price_minor, ad.currency)}".removesuffix(".00") if ad.price_minor else "",
    }  # fmt: skip
    for key, value in ad.attributes.items():
        values[f"attributes.{key}"] = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return values


def _kept_photos(request: HttpRequest) -> list[str]:
    return [photo for photo in request.POST.getlist("photos") if photo.isalnum()][:MOST_PHOTOS]


def _take_uploads(request: HttpRequest, form: AdForm, page: _Page) -> None:
    """Keep the photos sent along; one that cannot be used is named, the others stay."""
    uploads = request.FILES.getlist("upload")
    if not uploads:
        return
    try:
        _keep(request, page)
    except Problem as problem:
        form.add_error("upload", problem.detail)
        return
    for upload in uploads:
        if len(page.photos) >= MOST_PHOTOS:
            form.add_error("upload", _("An ad can show %(n)d photos.") % {"n": MOST_PHOTOS})
            break
        page.photos += _uploaded(request, form, upload, page.draft)


def _uploaded(request: HttpRequest, form: AdForm, upload: UploadedFile[Any], draft: str) -> list[str]:
    raw = upload.read(LARGEST_BYTES + 1)
    try:
        return [add_to_draft(holder=holder_of(request), draft_id=draft, raw=raw, at=clock.now()).id]
    except (BadPicture, Duplicate) as problem:
        form.add_error("upload", f"{upload.name}: {problem.detail}")
        return []


def _arrange(request: HttpRequest, page: _Page) -> None:
    """Carry out the buttons below a photo: remove it, turn it, or move it."""
    action, _colon, photo = request.POST.get("arrange", "").partition(":")
    if photo not in page.photos:
        return
    at = page.photos.index(photo)
    if action == "rotate":
        made = rotate(holder=holder_of(request), photo_id=photo, at=clock.now(), draft_id=page.draft)
        page.photos[at] = made.id
        return
    page.photos.remove(photo)
    places = {"first": 0, "earlier": max(0, at - 1), "later": at + 1}
    if action in places:
        page.photos.insert(places[action], photo)


def _show(request: HttpRequest, form: AdForm, page: _Page, status: int = 200) -> HttpResponse:
    actor, ad = actor_of(request), page.ad
    title = str(form["title"].value() or "")
    return render(
        request,
        "market/post_form.html",
        {
            "form": form,
            "category": page.category,
            "ad": ad,
            "draft": page.draft,
            "photos": photo_rows(page.photos),
            "most_photos": MOST_PHOTOS,
            "preview": page.preview,
            "is_ready": page.is_ready,
            "is_kept": "kept" in request.GET,
            "suggestions": suggest_categories(title) if title and not ad else [],
            "others": [] if ad or page.draft else own_drafts(actor=actor, size=3),
            "verdict": verdict_for(kind="ad", subject_id=ad.id, revision=ad.revision, actor=actor) if ad else None,
        },
        status=status,
    )


@sign_in_required
@require_GET
def posted(request: HttpRequest, ad_id: str) -> HttpResponse:
    """What became of the newest version of one's ad, and why."""
    actor = actor_of(request)
    row = ad_queries.ad_for(ad_id=ad_id, actor=actor)
    if row is None or not row.is_own:
        raise NotFound(_("You have no such ad."))
    verdict = verdict_for(kind="ad", subject_id=row.id, revision=row.revision, actor=actor)
    return render(request, "market/posted.html", {"ad": row, "verdict": verdict})
