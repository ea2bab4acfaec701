"""An ad's page, its photos, its history, and the report form."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.kit import clock, limits
from fairboard.kit.problems import NotFound, Problem
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.findable import found_at
from fairboard.market.forms import ReportForm
from fairboard.market.models import Photo
from fairboard.market.pictures import path_of
from fairboard.market.queries import ads as ad_queries
from fairboard.market.queries import structured as structured_ads
from fairboard.market.queries.ads import AdRow
from fairboard.market.queries.plan import CardRow, Search
from fairboard.market.queries.search import search
from fairboard.market.queries.sellers import seller_card, seller_page
from fairboard.market.queries.views import figures_of
from fairboard.market.services.views import count_view
from fairboard.market.views.drafting import session_drafts
from fairboard.people.actors import actor_of, member_of
from fairboard.safety.kinds import NOTICE_KINDS
from fairboard.safety.queries.access import may_see
from fairboard.safety.queries.notices import receipt_view
from fairboard.safety.queries.traders import disclosure_of
from fairboard.safety.queries.verdicts import verdict_for
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.standing import what_standing_says


@require_GET
def ad(request: HttpRequest, ad_id: str) -> HttpResponse:
    """One ad. Its owner sees the newest version and what became of it; a gone ad answers 410."""
    actor = actor_of(request)
    row = ad_queries.ad_for(ad_id=ad_id, actor=actor)
    if row is None:
        return _gone(request, ad_id)
    verdict = None
    if row.is_own:
        verdict = verdict_for(kind="ad", subject_id=row.id, revision=row.revision, actor=actor)
    return render(
        request,
        "market/ad.html",
        {
            "ad": row,
            "facts": row.facts,
            "verdict": verdict,
            "standing": what_standing_says(member_id=actor.id, at=clock.now()) if row.is_own else "",
            "similar": similar(row.place, row.category, but=row.id),
            "seller": seller_card(row.seller_id),
            "figures": figures_of([row.id]).get(row.id) if row.is_own else None,
            "breadcrumbs": breadcrumbs(row),
            "trader": disclosure_of(row.seller_id),
            "advice": row.category.advice,
            "canonical": settings.BASE_URL + row.path,
            "found": found_at(row.path, asked=request.GET.get("lang", "")),
            "structured": structured_ads.ad_node(row),
            "structured_line": structured_ads.breadcrumb_node(breadcrumbs(row)),
            "can_reply": row.state == "live" and not row.is_own,
        },
    )


def _gone(request: HttpRequest, ad_id: str) -> HttpResponse:
    if not ad_queries.state_of(ad_id):
        raise NotFound(_("There is no such ad. It may have been mistyped."))
    row = ad_queries.gone_ad(ad_id)
    there = {"name": row.category.name, "href": _there(row.place, row.category)} if row else None
    found = similar(row.place, row.category, size=8) if row else []
    context = {"similar": found or search(Search(size=8)).items, "there": there}
    return render(request, "market/gone.html", context, status=410)


def similar(place: PlaceRow, category: CategoryRow, *, but: str = "", size: int = 4) -> list[CardRow]:
    """Other ads of the same category, those nearby first, the newest of each first."""
    found: list[CardRow] = []
    for around in (place, catalogue.current().place_by_pk[place.ancestors[0]]):
        page = search(Search(place=around, category=category, size=size + 2))
        found += [card for card in page.items if card.id != but and card not in found]
        if len(found) >= size:
            break
    return found[:size]


def _there(place: PlaceRow, category: CategoryRow) -> str:
    return reverse("market:browse_category", kwargs={"place": place.code, "category": category.slug})


@require_POST
@csrf_exempt
def seen(request: HttpRequest, ad_id: str) -> HttpResponse:
    """A browser says that it shows an ad: counted for the seller, nothing is kept of who it was."""
    limits.check(f"seen:{request.META.get('REMOTE_ADDR', '')}", limit=600, per_seconds=3600, at=clock.now())
    count_view(ad_id=ad_id[:16], at=clock.now())
    return HttpResponse(status=204)


@require_GET
def seller(request: HttpRequest, member_id: str) -> HttpResponse:
    """A seller and their ads."""
    found = seller_page(member_id, cursor=request.GET.get("cursor", ""))
    if found is None:
        raise NotFound(_("There is no such seller, or none with an ad online."))
    next_url = f"?{urlencode({'cursor': found.ads.next_cursor})}" if found.ads.next_cursor else ""
    return render(
        request, "market/seller.html", {"seller": found, "next_url": next_url, "trader": disclosure_of(member_id)}
    )


def breadcrumbs(row: AdRow) -> list[dict[str, str]]:
    """City, section and category of an ad."""
    known = catalogue.current()
    city = row.place
    section = known.categories[row.category.section]
    base = f"/in/{city.code}/"
    return [
        {"label": city.name, "href": base},
        {"label": section.name, "href": f"{base}for/{section.slug}/"},
        {"label": row.category.name, "href": f"{base}for/{row.category.slug}/"},
    ]


@require_GET
def photo(request: HttpRequest, photo_id: str, size: str) -> HttpResponseBase:
    """A size of a photo: public while its ad is, otherwise only for its owner and the desk."""
    found = Photo.objects.select_related("owner", "ad", "draft").filter(public_id=photo_id).first()
    if found is None or not (found.is_public or _may_see_photo(request, found)):
        raise NotFound
    etag = f'"{found.key[:24]}-{size}"'
    cache = "public, max-age=3600" if found.is_public else "private, no-store"
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag, "Cache-Control": cache})
    try:
        stream = default_storage.open(path_of(found.key, size))
    except FileNotFoundError as error:
        raise NotFound from error
    return FileResponse(stream, content_type="image/webp", headers={"ETag": etag, "Cache-Control": cache})


def _may_see_photo(request: HttpRequest, found: Photo) -> bool:
    """Its owner may, the desk, and the visitor whose draft shows it."""
    actor = actor_of(request)
    if found.owner is None:
        return found.draft is not None and found.draft.public_id in session_drafts(request)
    subject = found.ad.public_id if found.ad else ""
    return found.owner.public_id == actor.id or may_see(kind="ad", subject_id=subject, actor=actor)


@require_GET
def history(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Every version of an ad with its verdict, for its owner."""
    actor = actor_of(request)
    versions = ad_queries.versions(ad_id=ad_id, actor=actor)
    if not versions:
        raise NotFound
    shown = [
        {
            "version": one,
            "verdict": verdict_for(kind="ad", subject_id=ad_id, revision=one.number, actor=actor),
        }
        for one in versions
    ]
    return render(request, "market/history.html", {"versions": shown, "ad_id": ad_id})


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Say that something is wrong with an ad; anybody may, and gets a receipt."""
    row = ad_queries.ad_for(ad_id=ad_id, actor=actor_of(request))
    if row is None:
        return _gone(request, ad_id)
    form = ReportForm([(kind.key, str(kind.label)) for kind in NOTICE_KINDS], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = file_notice(
                subject_kind="ad", subject_id=row.id, reporter=actor_of(request),
                reporter_email=_reporter_email(request, form), kind=form.cleaned_data["kind"],
                text=form.cleaned_data["text"], at=clock.now(), name=form.cleaned_data["name"],
                location=form.cleaned_data["location"], good_faith=form.cleaned_data["good_faith"],
            )  # fmt: skip
        except Problem as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        else:
            return redirect("market:report_done", ad_id=row.id, receipt=receipt.id)
    return render(
        request,
        "market/report.html",
        {"ad": row, "form": form, "kinds": NOTICE_KINDS},
        status=422 if form.errors else 200,
    )


def _reporter_email(request: HttpRequest, form: ReportForm) -> str:
    member = member_of(request)
    return member.email if member else str(form.cleaned_data["email"])


@require_GET
def report_done(request: HttpRequest, ad_id: str, receipt: str) -> HttpResponse:
    """The receipt of a report."""
    state = receipt_view(receipt)
    return render(request, "market/report_done.html", {"receipt": receipt, "ad_id": ad_id, "state": state})
