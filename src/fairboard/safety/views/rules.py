"""The rules: all of them, and what was done with packaged ones."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_rules import ACTIONS, LIVES
from fairboard.safety.queries import rules as queries
from fairboard.safety.services import rules as services
from fairboard.ui import listbar


@permission_required("desk.view")
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule of the desk, or of the packaged packs, with how often it hit and was overturned."""
    actor, at = actor_of(request), clock.now()
    is_packaged = request.GET.get("kind") == "packaged"
    schema = queries.rule_schema()
    given = {name: values for name, values in request.GET.lists() if name != "kind"}
    asked = from_query(given, schema)
    found = queries.rules(actor=actor, at=at, tree=asked.tree, cursor=request.GET.get("cursor", ""))
    packaged = queries.packaged_rules(actor=actor, at=at) if is_packaged else []
    tabs = [
        {"label": _("Rules of the desk"), "href": "?", "current": not is_packaged},
        {"label": _("Packaged rules"), "href": "?kind=packaged", "current": is_packaged},
    ]
    bar = listbar.context(request, schema, asked, "" if is_packaged else found.next_cursor)
    context = {"rules": packaged if is_packaged else found.items, "is_packaged": is_packaged, "tabs": tabs, **bar}
    return render(request, "safety/rules.html", {**context, **words(actor_may_write=actor.can("rules.edit"))})


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def packaged(request: HttpRequest, key: str) -> HttpResponse:
    """A packaged rule: what it says; the lead puts it to shadow, retires it, or has it act again."""
    actor, problem = actor_of(request), ""
    if request.method == "POST":
        try:
            services.move_packaged(
                key=key, life=request.POST.get("life", ""), reason=request.POST.get("reason", ""), actor=actor,
                at=clock.now(),
            )  # fmt: skip
        except Invalid as found:
            problem = found.detail
        else:
            messages.success(request, _("Done. The gate runs it so from now on."))
            return redirect("safety:rule_packaged", key=key)
    context = queries.packaged_rule(key=key, actor=actor, at=clock.now())
    return render(
        request,
        "safety/rule_packaged.html",
        {**context, **words(), "may_promote": actor.can("rules.promote"), "problem": problem,
         "reason": request.POST.get("reason", "")},
        status=422 if problem else 200,
    )  # fmt: skip


def words(*, actor_may_write: bool = False) -> dict[str, object]:
    """The words of the rules' pages."""
    return {
        "actions": {key: str(label) for key, label in ACTIONS.items()},
        "lives": {key: str(label) for key, label in LIVES.items()},
        "may_write": actor_may_write,
    }
