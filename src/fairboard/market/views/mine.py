"""A member's own ads: how they do, and everything that can be done with them."""

from collections.abc import Callable

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.market import registry
from fairboard.market.queries import ads as ad_queries
from fairboard.market.queries import mine as mine_queries
from fairboard.market.queries.saved import own_drafts
from fairboard.market.services import copying, lifecycle, reminding
from fairboard.market.views.drafting import holder_of
from fairboard.people.actors import actor_of
from fairboard.people.decorators import sign_in_required
from fairboard.people.queries import actor_by_id
from fairboard.safety.services.standing import what_standing_says
from fairboard.ui import listbar

MOST_AT_ONCE = 100
Act = Callable[..., None]
ACTS: dict[str, Act] = {
    "withdraw": lifecycle.withdraw, "sold": lifecycle.mark_sold, "renew": lifecycle.renew, "delete": lifecycle.delete,
}  # fmt: skip


@sign_in_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own ads by state, with views and answers, and one's drafts."""
    actor, state = actor_of(request), request.GET.get("state", "")
    drafts = own_drafts(actor=actor) if state in {"", "draft"} else []
    given = {name: values for name, values in request.GET.lists() if (name, values) != ("state", ["draft"])}
    asked = from_query(given, mine_queries.SCHEMA)
    counts = mine_queries.counts(actor=actor)
    counts["draft"] = len(drafts) if state in {"", "draft"} else len(own_drafts(actor=actor))
    tabs = [
        {"key": key, "label": label, "count": counts.get(key, 0), "current": key == state,
         "href": f"?state={key}" if key else "?"}
        for key, label in mine_queries.TABS
        if not key or counts.get(key) or key == state
    ]  # fmt: skip
    if state == "draft":
        context: dict[str, object] = {"ads": [], "filters": [], "asked": False, "next_url": ""}
    else:
        page = mine_queries.own_ads(actor=actor, tree=asked.tree, cursor=request.GET.get("cursor", ""))
        bar = listbar.context(request, mine_queries.SCHEMA, asked, page.next_cursor, tabs={"state": state})
        context = {"ads": page.items, **bar}
    is_first = not request.GET.get("cursor") and not context["asked"]
    said = what_standing_says(member_id=actor.id, at=clock.now())
    context |= {"tabs": tabs, "state": state, "standing": said, "drafts": drafts if is_first else []}
    return render(request, "market/my_ads.html", context)


@sign_in_required
@require_POST
def act(request: HttpRequest, ad_id: str, action: str) -> HttpResponse:
    """Withdraw, mark as sold, renew or delete one's own ad."""
    ACTS[action](actor=actor_of(request), ad_id=ad_id, at=clock.now())
    said = {
        "withdraw": _("Your ad is taken down."), "sold": _("Congratulations! Your ad is marked as sold."),
        "renew": _("Your ad is on top of the list again."), "delete": _("Your ad is deleted."),
    }  # fmt: skip
    messages.success(request, said[action])
    return redirect("market:mine")


@sign_in_required
@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """The same with several ads at once; those it is not possible with stay as they are."""
    action, ids = (
        request.POST.get("action", ""),
        [one for one in request.POST.getlist("ads") if one.isalnum()][:MOST_AT_ONCE],
    )
    if action not in ACTS or not ids:
        messages.warning(request, _("Choose some ads first."))
        return redirect("market:mine")
    done, refused = 0, ""
    for ad_id in ids:
        try:
            ACTS[action](actor=actor_of(request), ad_id=ad_id, at=clock.now())
            done += 1
        except Problem as problem:
            refused = problem.detail
    if done:
        messages.success(request, ngettext("Done with %(n)d ad.", "Done with %(n)d ads.", done) % {"n": done})
    if refused:
        left = len(ids) - done
        said = ngettext("%(n)d ad stays as it is: %(why)s", "%(n)d ads stay as they are: %(why)s", left)
        messages.warning(request, said % {"n": left, "why": refused})
    return redirect("market:mine")


@sign_in_required
@require_http_methods(["GET", "POST"])
def sold(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Mark one's ad as sold and say to whom, if one likes."""
    actor = actor_of(request)
    row = ad_queries.ad_for(ad_id=ad_id, actor=actor)
    if row is None or not row.is_own:
        raise NotFound(_("You have no such ad."))
    people = registry.answerers_of(ad_id)
    if request.method == "POST":
        buyer = request.POST.get("buyer", "")
        known = {one.id for one in people}
        lifecycle.mark_sold(actor=actor, ad_id=ad_id, at=clock.now(), buyer_id=buyer if buyer in known else "")
        messages.success(request, _("Congratulations! Your ad is marked as sold."))
        return redirect("market:mine")
    return render(request, "market/sold.html", {"ad": row, "people": people})


@sign_in_required
@require_POST
def copy(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Begin a new draft that says what an ad says."""
    draft = copying.copy_to_draft(holder=holder_of(request), ad_id=ad_id, at=clock.now())
    return redirect(f"/post?draft={draft}")


@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: the page asks for a tap, so that a mail scanner renews nothing; nobody need sign in."""
    try:
        ad_id = reminding.read_token(token)
    except signing.BadSignature as error:
        raise NotFound(_("This link is not valid any more. Sign in to renew your ad.")) from error
    seller = actor_by_id(reminding.seller_of(ad_id))
    row = ad_queries.ad_for(ad_id=ad_id, actor=seller) if seller else None
    if seller is None or row is None:
        raise NotFound(_("This link is not valid any more. Sign in to renew your ad."))
    problem, is_done = "", False
    if request.method == "POST":
        try:
            lifecycle.renew(actor=seller, ad_id=ad_id, at=clock.now())
            is_done = True
        except Problem as refused:
            problem = refused.detail
    return render(request, "market/renew.html", {"ad": row, "is_done": is_done, "problem": problem})
