"""Placing an ad in one sitting: category, form with photos, and what became of it."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.filters import from_query
from fairboard.kit import clock, money
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow
from fairboard.market.forms import AdForm
from fairboard.market.pictures import LARGEST_BYTES, BadPicture
from fairboard.market.queries import ads as ad_queries
from fairboard.market.queries import mine as mine_queries
from fairboard.market.queries import places as place_queries
from fairboard.market.queries.ads import AdRow, photo_rows
from fairboard.market.services import lifecycle, posting
from fairboard.market.services.photos import MOST_PHOTOS, add_photo
from fairboard.market.views.lists import PLACE_COOKIE
from fairboard.people.actors import actor_of
from fairboard.people.decorators import sign_in_required
from fairboard.safety.queries.verdicts import verdict_for
from fairboard.safety.services.standing import what_standing_says
from fairboard.ui import listbar


@require_GET
def post(request: HttpRequest) -> HttpResponse:
    """Choose what the ad is about; a title typed here suggests categories."""
    title = request.GET.get("title", "").strip()[:120]
    return render(
        request,
        "market/post_category.html",
        {
            "title": title,
            "suggestions": place_queries.suggest_categories(title) if title else [],
            "sections": [
                {
                    "section": row,
                    "categories": [catalogue.current().categories[slug] for slug in row.children],
                }
                for row in catalogue.current().sections
            ],
        },
    )


@sign_in_required
@require_http_methods(["GET", "POST"])
def post_form(request: HttpRequest, category: str) -> HttpResponse:
    """Write a new ad."""
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


def _form(request: HttpRequest, category: CategoryRow, ad: AdRow | None) -> HttpResponse:
    photos = _kept_photos(request, ad)
    if request.method != "POST":
        return _show(request, AdForm(category, initial=_initial(request, ad)), category, ad, photos)
    form = AdForm(category, request.POST, request.FILES)
    form.is_valid()
    photos += _uploaded(request, form, MOST_PHOTOS - len(photos))
    photos = _arranged(request, photos)
    is_preview = "preview" in request.POST or "arrange" in request.POST
    if form.errors or is_preview:
        return _show(request, form, category, ad, photos, status=422 if form.errors else 200)
    place = place_queries.place_by_text(str(request.POST.get("place", "")).strip())
    try:
        done = posting.submit(
            actor=actor_of(request), draft=form.draft(place.code if place else "", photos), at=clock.now(),
            ad_id=ad.id if ad else "",
        )  # fmt: skip
    except Invalid as problem:
        form.show_errors(problem.errors or [{"field": "", "message": problem.detail}])
        return _show(request, form, category, ad, photos, status=422)
    except Problem as problem:
        form.add_error(None, problem.detail)
        return _show(request, form, category, ad, photos, status=problem.status)
    response = redirect("market:posted", ad_id=done.ad_id)
    if place:
        response.set_cookie(PLACE_COOKIE, place.code, max_age=31_536_000, samesite="Lax")
    return response


def _initial(request: HttpRequest, ad: AdRow | None) -> dict[str, Any]:
    if ad is None:
        place = catalogue.current().places.get(request.COOKIES.get(PLACE_COOKIE, ""))
        return {"place": place.label if place else "", "title": request.GET.get("title", "")[:120]}
    values: dict[str, Any] = {
        "title": ad.title, "body": ad.body, "price_type": ad.price_type, "place": ad.place.label,
        "price": f"{money.to_major(ad.price_minor, ad.currency)}".removesuffix(".00") if ad.price_minor else "",
    }  # fmt: skip
    for key, value in ad.attributes.items():
        values[f"attributes.{key}"] = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return values


def _kept_photos(request: HttpRequest, ad: AdRow | None) -> list[str]:
    if request.method == "POST":
        return [photo for photo in request.POST.getlist("photos") if photo.isalnum()][:MOST_PHOTOS]
    return [photo.id for photo in ad.photos] if ad else []


def _uploaded(request: HttpRequest, form: AdForm, room: int) -> list[str]:
    """Keep the photos sent along; one that cannot be used is named, the others stay."""
    kept = []
    for number, upload in enumerate(request.FILES.getlist("upload")):
        if number >= room:
            form.add_error("upload", _("An ad can show %(n)d photos.") % {"n": MOST_PHOTOS})
            break
        kept += _keep(request, form, upload)
    return kept


def _keep(request: HttpRequest, form: AdForm, upload: UploadedFile[Any]) -> list[str]:
    try:
        return [add_photo(actor=actor_of(request), raw=upload.read(LARGEST_BYTES + 1), at=clock.now()).id]
    except BadPicture as problem:
        form.add_error("upload", f"{upload.name}: {problem.detail}")
        return []


def _arranged(request: HttpRequest, photos: list[str]) -> list[str]:
    """Carry out the buttons below a photo: remove it, or move it to the front."""
    action, _colon, photo = request.POST.get("arrange", "").partition(":")
    if photo not in photos:
        return photos
    rest = [one for one in photos if one != photo]
    return [photo, *rest] if action == "first" else rest


def _show(
    request: HttpRequest,
    form: AdForm,
    category: CategoryRow,
    ad: AdRow | None,
    photos: list[str],
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    return render(
        request,
        "market/post_form.html",
        {
            "form": form,
            "category": category,
            "section": catalogue.current().categories[category.section],
            "ad": ad,
            "photos": photo_rows(photos),
            "most_photos": MOST_PHOTOS,
            "is_preview": "preview" in request.POST and not form.errors,
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


@sign_in_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own ads by state."""
    state = request.GET.get("state", "")
    asked = from_query(dict(request.GET.lists()), mine_queries.SCHEMA)
    page = mine_queries.own_ads(actor=actor_of(request), tree=asked.tree, cursor=request.GET.get("cursor", ""))
    counts = mine_queries.counts(actor=actor_of(request))
    tabs = [
        {"key": key, "label": label, "count": counts.get(key, 0), "current": key == state,
         "href": f"?state={key}" if key else "?"}
        for key, label in mine_queries.TABS
    ]  # fmt: skip
    bar = listbar.context(request, mine_queries.SCHEMA, asked, page.next_cursor, tabs={"state": state})
    said = what_standing_says(member_id=actor_of(request).id, at=clock.now())
    context = {"ads": page.items, "tabs": tabs, "state": state, "standing": said, **bar}
    return render(request, "market/my_ads.html", context)


@sign_in_required
@require_POST
def act(request: HttpRequest, ad_id: str, action: str) -> HttpResponse:
    """Withdraw, mark as sold, or renew one's own ad."""
    actor, at = actor_of(request), clock.now()
    if action == "withdraw":
        lifecycle.withdraw(actor=actor, ad_id=ad_id, at=at)
        messages.success(request, _("Your ad is taken down."))
    elif action == "sold":
        lifecycle.mark_sold(actor=actor, ad_id=ad_id, at=at)
        messages.success(request, _("Congratulations! Your ad is marked as sold."))
    else:
        lifecycle.renew(actor=actor, ad_id=ad_id, at=at)
        messages.success(request, _("Your ad is on top of the list again."))
    return redirect("market:mine")
