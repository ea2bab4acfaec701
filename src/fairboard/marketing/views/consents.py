"""Consents: their history, noting one by hand, the topics and their wordings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Problem
from fairboard.marketing.forms import ConsentForm, TopicForm, add_problem
from fairboard.marketing.queries import consents as queries
from fairboard.marketing.queries.rights import may_send
from fairboard.marketing.services import consents as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.ui import listbar


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def consent_list(request: HttpRequest) -> HttpResponse:
    """Every change of a consent with its proof, newest first; below, a form to note one."""
    actor = actor_of(request)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.note_consent(**form.cleaned_data, actor=actor, at=clock.now())
        except Problem as problem:
            add_problem(form, problem.errors, problem.detail)
        else:
            messages.success(request, _("Noted."))
            return redirect("marketing:consents")
    asked = from_query(dict(request.GET.lists()), queries.schema())
    page = queries.history(actor=actor, tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, queries.schema(), asked, page.next_cursor)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/consents.html", {"consents": page.items, "form": form, **bar}, status=status)


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def topics(request: HttpRequest) -> HttpResponse:
    """The topics and the words one agrees to; who may send may change them."""
    actor = actor_of(request)
    known = queries.topic(request.GET.get("key", ""))
    initial = (
        {"key": known.key, "name": known.name, "description": known.description, "wording": known.wording}
        if known
        else {}
    )
    form = TopicForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_topic(**form.cleaned_data, actor=actor, at=clock.now())
        except Forbidden:
            raise
        except Problem as problem:
            add_problem(form, problem.errors, problem.detail)
        else:
            messages.success(request, _("Saved."))
            return redirect("marketing:topics")
    status = 422 if form.is_bound and form.errors else 200
    context = {"topics": queries.topics(archived=True), "form": form, "may_send": may_send(actor)}
    return render(request, "marketing/topics.html", context, status=status)
