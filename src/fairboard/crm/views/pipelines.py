"""The pipelines and validations of an object type."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm import formulas
from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import setup as queries
from fairboard.crm.services import pipelines as services
from fairboard.crm.services import validations as rules
from fairboard.crm.views.setup import attempt, tabs_of
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def pipelines(request: HttpRequest, key: str) -> HttpResponse:
    """Pipelines and stages: added, renamed, moved, removed, archived."""
    actor, info, problem = actor_of(request), catalogue().type(key), None
    if request.method == "POST":
        problem = attempt(request, lambda: _act(key, request.POST, actor), _("Saved."))
        if problem is None:
            return redirect("crm:setup_pipelines", key=key)
    context = {
        "type": info, "tabs": tabs_of(info, "crm:setup_pipelines"), "problem": problem, "typed": request.POST.dict(),
        "archived": queries.archived_pipelines(actor=actor, info=info),
        "outcomes": {"open": _("open"), "won": _("won"), "lost": _("lost")},
    }  # fmt: skip
    return render(request, "crm/setup/pipelines.html", context, status=problem.status if problem else 200)


def _act(key: str, post: QueryDict, actor: Actor) -> None:
    op, pipeline, stage, at = post.get("op", ""), post.get("pipeline", ""), post.get("stage", ""), clock.now()
    if op == "add":
        services.add_pipeline(type_key=key, label=post.get("label", ""), actor=actor, at=at)
    elif op == "change":
        services.change_pipeline(
            type_key=key, key=pipeline, label=post.get("label", ""), is_default=post.get("is_default") == "yes",
            actor=actor, at=at,
        )  # fmt: skip
    elif op == "archive":
        services.archive_pipeline(type_key=key, key=pipeline, actor=actor, at=at)
    elif op == "restore":
        services.restore_pipeline(type_key=key, key=pipeline, actor=actor, at=at)
    elif op in {"up", "down"}:
        services.move_stage(type_key=key, pipeline=pipeline, key=stage, up=op == "up", actor=actor, at=at)
    elif op == "remove":
        services.remove_stage(type_key=key, pipeline=pipeline, key=stage, actor=actor, at=at)
    else:
        given = post.get("probability", "0").strip()
        if not (given.isascii() and given.isdigit() and len(given) < 4):
            raise Invalid(_("The probability is a number from 0 to 100."), field="probability")
        services.save_stage(
            type_key=key, pipeline=pipeline, key=stage, label=post.get("label", ""), probability=int(given),
            outcome=post.get("outcome", "open"), actor=actor, at=at,
        )  # fmt: skip


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def validations(request: HttpRequest, key: str) -> HttpResponse:
    """Rules a record must satisfy: written in CEL, tried on the records there are."""
    actor, info, problem = actor_of(request), catalogue().type(key), None
    post, at = request.POST, clock.now()
    if request.method == "POST":
        chosen = post.get("validation", "")
        if post.get("op") == "remove":
            problem = attempt(
                request,
                lambda: rules.remove_validation(type_key=key, validation_id=chosen, actor=actor, at=at),
                _("Removed."),
            )  # fmt: skip
        else:
            problem = attempt(
                request,
                lambda: rules.save_validation(
                    type_key=key, validation_id=chosen, name=post.get("name", ""), message=post.get("message", ""),
                    expression=post.get("expression", "").replace("\r\n", "\n"), field_key=post.get("field_key", ""),
                    is_active=post.get("is_active") == "yes", actor=actor, at=at,
                ),
                _("Saved. It holds for every record that is saved from now on."),
            )  # fmt: skip
        if problem is None:
            return redirect("crm:setup_validations", key=key)
    rows = queries.validations(actor=actor, info=info)
    asked = post.get("validation", request.GET.get("validation", ""))
    edited = next((one for one in rows if one.public_id == asked), None)
    typed = post.dict() if problem else {}
    if edited and not problem:
        typed = {
            "validation": edited.public_id, "name": edited.name, "expression": edited.expression,
            "message": edited.message, "field_key": edited.field_key, "is_active": "yes" if edited.is_active else "",
        }  # fmt: skip
    context = {
        "type": info, "tabs": tabs_of(info, "crm:setup_validations"), "problem": problem, "rows": rows, "typed": typed,
        "edited": edited, "variables": formulas.environment(info).reference(),
    }  # fmt: skip
    return render(request, "crm/setup/validations.html", context, status=problem.status if problem else 200)
