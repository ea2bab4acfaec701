"""Ads: finding, reading, placing, changing."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Path, Query, Router, Status, UploadedFile

from fairboard.filters import And, Condition
from fairboard.kit import clock, limits
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import Gone, Invalid, NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.market import catalogue
from fairboard.market.pictures import LARGEST_BYTES
from fairboard.market.queries import ads as ad_queries
from fairboard.market.queries import mine
from fairboard.market.queries.address import wanted_from
from fairboard.market.queries.plan import Search, schema_of
from fairboard.market.queries.search import count, search
from fairboard.market.schemas import (
    AdIn,
    AdOut,
    CardList,
    OwnAdList,
    PhotoOut,
    SubmittedOut,
    VerdictOut,
    VersionOut,
)
from fairboard.market.services import lifecycle, posting
from fairboard.market.services.drafts import Draft
from fairboard.market.services.photos import add_photo
from fairboard.people.api_auth import require, visitor
from fairboard.safety.queries.verdicts import verdict_for

router = Router(tags=["ads"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
PHOTOS_AN_HOUR = 200


@router.get("/ads", response={200: CardList, PROBLEMS: ProblemOut})
def find_ads(
    request: HttpRequest,
    q: str = Query("", max_length=200, description="Words."),
    place: str = Query("", max_length=120, description="Code of a place, such as de/berlin."),
    category: str = Query("", max_length=80, description="Slug of a category, such as vehicles/cars."),
    sort: str = Query("newest", pattern="^(newest|price|-price|relevance)$"),
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON; see the filter reference."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(24, ge=1, le=100),
    total: bool = Query(False, description="Also count, to 1,000 at most."),
) -> Any:
    """Live ads, newest first. Fields of the category also work as on the pages: `year.gte=2015`."""
    known = catalogue.current()
    errors = []
    if place and place not in known.places:
        errors.append({"field": "place", "message": _("There is no such place.")})
    if category and category not in known.categories:
        errors.append({"field": "category", "message": _("There is no such category.")})
    row = known.categories.get(category)
    params = {name: list(values) for name, values in request.GET.lists()}
    wanted = wanted_from(params, known.places.get(place), row, limit)
    errors += [{"field": name, "message": message} for name, message in wanted.query.errors.items()]
    found = _filtered(wanted.search, filter, errors)
    if errors:
        raise Invalid(_("Some parts of the search cannot be used."), errors=errors)
    page = search(found)
    counted, capped = count(found) if total else (None, False)
    return {
        "items": page.items, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor,
        "total": counted, "total_is_capped": capped,
    }  # fmt: skip


def _filtered(wanted: Search, text: str, errors: list[dict[str, str]]) -> Search:
    try:
        tree = read_filter(text, schema_of(wanted.category))
    except Invalid as problem:
        errors += problem.errors
        return wanted
    both = And((wanted.tree, tree)) if wanted.tree is not None and tree is not None else tree or wanted.tree
    return Search(wanted.words, wanted.place, wanted.category, both, wanted.sort, wanted.cursor, wanted.size)


@router.get("/ads/{ad_id}", response={200: AdOut, PROBLEMS: ProblemOut})
def read_ad(request: HttpRequest, ad_id: str = ID) -> Any:
    """One ad. Its owner and the desk see the newest version in any state; a gone ad answers 410."""
    row = ad_queries.ad_for(ad_id=ad_id, actor=visitor(request))
    if row is None and ad_queries.state_of(ad_id):
        raise Gone(_("This ad is no longer there."))
    if row is None:
        raise NotFound(_("There is no such ad."))
    return {
        "id": row.id, "path": row.path, "state": row.state, "title": row.title, "body": row.body,
        "price_minor": row.price_minor, "currency": row.currency, "price_type": row.price_type,
        "place": row.place.code, "place_name": row.place.label, "category": row.category.slug,
        "attributes": row.attributes, "photos": row.photos, "seller": row.seller_id,
        "seller_name": row.seller_name, "revision": row.revision, "created_at": row.created_at,
        "published_at": row.published_at, "expires_at": row.expires_at, "is_own": row.is_own,
    }  # fmt: skip


@router.post("/ads", response={201: SubmittedOut, PROBLEMS: ProblemOut})
def place_ad(request: HttpRequest, ad: AdIn) -> Any:
    """Place an ad. It is judged in this request: the verdict and its reasons are in the answer."""
    actor = require(request, "ads:write")
    return Status(201, _submitted(posting.submit(actor=actor, draft=_draft(ad), at=clock.now())))


@router.put("/ads/{ad_id}", response={200: SubmittedOut, PROBLEMS: ProblemOut})
def change_ad(request: HttpRequest, ad: AdIn, ad_id: str = ID) -> Any:
    """Place a new version of one's own ad. While it waits, the last allowed version stays in sight."""
    actor = require(request, "ads:write")
    return _submitted(posting.submit(actor=actor, draft=_draft(ad), at=clock.now(), ad_id=ad_id))


def _draft(ad: AdIn) -> Draft:
    return Draft(
        ad.title, ad.body, ad.category, ad.place, ad.price, ad.price_type, ad.attributes, ad.photos, ad.currency
    )


def _submitted(done: posting.Submitted) -> dict[str, Any]:
    return {
        "id": done.ad_id, "path": done.path, "state": done.state, "verdict": done.verdict,
        "reasons": done.reasons, "revision": done.revision,
    }  # fmt: skip


@router.post("/ads/{ad_id}/withdraw", response={204: None, PROBLEMS: ProblemOut})
def withdraw_ad(request: HttpRequest, ad_id: str = ID) -> Any:
    """Take one's own ad down for good."""
    lifecycle.withdraw(actor=require(request, "ads:write"), ad_id=ad_id, at=clock.now())
    return Status(204, None)


@router.post("/ads/{ad_id}/sold", response={204: None, PROBLEMS: ProblemOut})
def mark_ad_sold(request: HttpRequest, ad_id: str = ID) -> Any:
    """Mark one's own ad as sold."""
    lifecycle.mark_sold(actor=require(request, "ads:write"), ad_id=ad_id, at=clock.now())
    return Status(204, None)


@router.post("/ads/{ad_id}/renew", response={204: None, PROBLEMS: ProblemOut})
def renew_ad(request: HttpRequest, ad_id: str = ID) -> Any:
    """Put one's own ad on top for another term; once a day at most."""
    lifecycle.renew(actor=require(request, "ads:write"), ad_id=ad_id, at=clock.now())
    return Status(204, None)


@router.get("/ads/{ad_id}/verdict", response={200: VerdictOut, PROBLEMS: ProblemOut})
def read_verdict(request: HttpRequest, ad_id: str = ID, revision: int = Query(0, ge=0, le=2**31 - 1)) -> Any:
    """What became of a version of one's own ad, the newest when none is named, and why."""
    actor = require(request, "ads:read")
    row = ad_queries.ad_for(ad_id=ad_id, actor=actor)
    number = revision or (row.revision if row else 0)
    found = verdict_for(kind="ad", subject_id=ad_id, revision=number, actor=actor)
    if found is None:
        raise NotFound(_("You have no such ad."))
    decision = found.decision
    return {
        "verdict": found.verdict, "reasons": found.reasons, "policies": list(found.policies),
        "decision": decision.public_id if decision else "", "reason_text": decision.reason_text if decision else "",
    }  # fmt: skip


@router.get("/ads/{ad_id}/versions", response={200: list[VersionOut], PROBLEMS: ProblemOut})
def list_versions(request: HttpRequest, ad_id: str = ID) -> Any:
    """Every version of one's own ad, newest first."""
    found = ad_queries.versions(ad_id=ad_id, actor=require(request, "ads:read"))
    if not found:
        raise NotFound(_("You have no such ad."))
    return found


@router.get("/me/ads", response={200: OwnAdList, PROBLEMS: ProblemOut})
def list_own_ads(
    request: HttpRequest,
    state: str = Query("", pattern="^(|live|in_review|removed|expired|sold|withdrawn)$"),
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
) -> Any:
    """One's own ads in any state, newest first."""
    actor = require(request, "ads:read")
    tree = read_filter(filter, mine.SCHEMA)
    if state:
        tree = And((Condition("state", "eq", state), *((tree,) if tree else ())))
    page = mine.own_ads(actor=actor, tree=tree, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/photos", response={201: PhotoOut, PROBLEMS: ProblemOut})
def add_photo_file(request: HttpRequest, file: UploadedFile = File(...)) -> Any:
    """Send a photo; name its id in an ad. It is turned upright and loses its hidden data."""
    actor, at = require(request, "ads:write"), clock.now()
    limits.check(f"photo:{actor.id}", limit=PHOTOS_AN_HOUR, per_seconds=3600, at=at)
    made = add_photo(actor=actor, raw=file.read(LARGEST_BYTES + 1), at=at)
    sizes = {name: ad_queries.photo_address(made.id, name[0]) for name in ("small", "medium", "large")}
    return Status(201, {"id": made.id, "width": made.width, "height": made.height, "colour": made.colour, **sizes})
