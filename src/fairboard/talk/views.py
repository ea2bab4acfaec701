"""Conversations: the list, one of them, and the first answer to an ad."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.market.queries.ads import contact_point
from fairboard.people.actors import actor_of
from fairboard.people.decorators import sign_in_required
from fairboard.talk.forms import MessageForm
from fairboard.talk.queries import inbox as inbox_queries
from fairboard.talk.services import messages
from fairboard.ui import listbar


@sign_in_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """One's conversations."""
    asked = from_query(dict(request.GET.lists()), inbox_queries.SCHEMA)
    page = inbox_queries.inbox(actor=actor_of(request), tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, inbox_queries.SCHEMA, asked, page.next_cursor)
    return render(request, "talk/inbox.html", {"conversations": page.items, **bar})


@sign_in_required
@require_http_methods(["GET", "POST"])
def conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Read a conversation and go on writing."""
    actor = actor_of(request)
    form = MessageForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            messages.write(
                actor=actor,
                conversation_id=conversation_id,
                text=request.POST.get("text", ""),
                at=clock.now(),
            )
        except NotFound:
            raise
        except Problem as problem:
            form.add_error("text", problem.detail)
            status = problem.status
        else:
            return redirect("talk:conversation", conversation_id=conversation_id)
    page = inbox_queries.conversation_page(actor=actor, conversation_id=conversation_id)
    messages.mark_read(actor=actor, conversation_id=conversation_id, at=clock.now())
    return render(request, "talk/conversation.html", {"conversation": page, "form": form}, status=status)


@sign_in_required
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Answer an ad; whoever did already goes on in that conversation."""
    actor = actor_of(request)
    point = contact_point(ad_id)
    if point is None or not (point.is_live or point.seller_id == actor.id):
        raise NotFound(_("There is no such ad."))
    known = inbox_queries.conversation_about(actor=actor, ad_id=ad_id)
    if known and request.method == "GET":
        return redirect("talk:conversation", conversation_id=known)
    form = MessageForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            sent = messages.reply(actor=actor, ad_id=ad_id, text=request.POST.get("text", ""), at=clock.now())
        except Problem as problem:
            form.add_error("text", problem.detail)
            status = problem.status
        else:
            return redirect(sent.path)
    return render(request, "talk/reply.html", {"ad": point, "form": form}, status=status)
