"""The setup console: object types, their settings and record types, passes over records."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.forms_setup import KINDS, VALUE_TYPES
from fairboard.crm.queries import setup as queries
from fairboard.crm.services import types as services
from fairboard.crm.services.definitions import change_field, create_type, unarchive_field
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

ICONS = (
    "box", "building", "building-2", "store", "warehouse", "house", "contact", "user", "users", "user-plus",
    "handshake", "briefcase", "target", "megaphone", "package", "truck", "car", "ship", "bike", "calendar", "clock",
    "file-text", "receipt", "banknote", "tag", "ticket", "flag", "star", "heart", "shield-check", "wrench", "hammer",
    "laptop", "smartphone", "globe", "map-pin", "graduation-cap", "stethoscope", "utensils", "music", "image",
)  # fmt: skip
"""The icons an object can have, of those that ship."""


def attempt(request: HttpRequest, work: Callable[[], Any], said: str) -> Invalid | Conflict | None:
    """Do something and say so; returns what stood against it instead."""
    try:
        work()
    except (Invalid, Conflict) as problem:
        return problem
    messages.success(request, said)
    return None


def tabs_of(info: TypeInfo, current: str) -> list[dict[str, Any]]:
    """The pages about one object type."""
    shown = [
        ("crm:setup_type", _("Fields"), len(info.fields)), ("crm:setup_layouts", _("Layouts"), len(info.layouts)),
        ("crm:setup_variants", _("Record types"), len(info.variants)),
        ("crm:setup_validations", _("Validations"), len(info.validations)),
        ("crm:setup_type_settings", _("Settings"), None),
    ]  # fmt: skip
    if "stage" in info.fields:
        shown.insert(3, ("crm:setup_pipelines", _("Pipelines"), len(info.pipelines)))
    return [
        {"label": label, "href": reverse(name, args=[info.key]), "current": name == current,
         **({"count": count} if count is not None else {})}
        for name, label, count in shown
    ]  # fmt: skip


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Every object type; a new one; an archived one taken back."""
    actor, problem = actor_of(request), None
    if request.method == "POST":
        at, post = clock.now(), request.POST
        if post.get("op") == "restore":
            problem = attempt(
                request, lambda: services.restore_type(type_key=post.get("key", ""), actor=actor, at=at),
                _("It is in use again."),
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup")
        else:
            try:
                made = create_type(
                    label=post.get("label", ""), plural=post.get("plural", ""), key=post.get("key", ""),
                    icon=post.get("icon", "box"), actor=actor, at=at,
                )  # fmt: skip
            except (Invalid, Conflict) as found:
                problem = found
            else:
                messages.success(request, _("%(name)s can be used now. Add its fields.") % {"name": made.plural})
                return redirect("crm:setup_type", key=made.key)
    context = {
        "types": queries.types(actor=actor), "icons": ICONS, "problem": problem, "typed": request.POST.dict(),
        "works": queries.works(actor=actor, size=6),
    }  # fmt: skip
    return render(request, "crm/setup/home.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def type_fields(request: HttpRequest, key: str) -> HttpResponse:
    """The fields of an object type, moved up and down, archived ones taken back."""
    actor, info = actor_of(request), catalogue().type(key)
    if request.method == "POST":
        field_key, op = request.POST.get("field", ""), request.POST.get("op", "")
        if op == "restore":
            problem = attempt(
                request,
                lambda: unarchive_field(type_key=key, field_key=field_key, actor=actor, at=clock.now()),
                _("The field is back with its values."),
            )  # fmt: skip
            if problem:
                messages.error(request, problem.detail)
        elif op in {"up", "down"} and field_key in info.fields:
            _move(info, field_key, op == "up", actor)
        return redirect(reverse("crm:setup_type", args=[key]) + (f"#field-{field_key}" if op in {"up", "down"} else ""))
    context = {
        "type": info, "tabs": tabs_of(info, "crm:setup_type"), "kinds": _told(KINDS), "value_types": _told(VALUE_TYPES),
        "archived": queries.archived_fields(actor=actor, info=info),
        "works": queries.works(actor=actor, type_key=key, size=4),
    }  # fmt: skip
    return render(request, "crm/setup/type.html", context)


def _told(words: dict[str, Any]) -> dict[str, str]:
    return {key: str(label) for key, label in words.items()}


def _move(info: TypeInfo, field_key: str, up: bool, actor: Actor) -> None:
    keys = list(info.fields)
    place = keys.index(field_key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(keys):
        return
    keys[place], keys[other] = keys[other], keys[place]
    at = clock.now()
    for position, one in enumerate(keys):
        if one in {keys[place], keys[other]} or position != list(info.fields).index(one):
            change_field(type_key=info.key, field_key=one, position=position, actor=actor, at=at)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def type_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Rename an object type, give it an icon, archive it with what that would break."""
    actor, info, problem = actor_of(request), catalogue().type(key), None
    if request.method == "POST":
        post, at = request.POST, clock.now()
        if post.get("op") == "archive":
            problem = attempt(
                request, lambda: services.archive_type(type_key=key, actor=actor, at=at),
                _("Archived. Its records are kept."),
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup")
        else:
            problem = attempt(
                request,
                lambda: services.change_type(
                    type_key=key, label=post.get("label", ""), plural=post.get("plural", ""),
                    icon=post.get("icon", "box"), name_fields=post.getlist("name_fields"), actor=actor, at=at,
                ),
                _("Saved."),
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup_type_settings", key=key)
    row = next(one for one in queries.types(actor=actor) if one.key == key)
    context = {
        "type": info, "tabs": tabs_of(info, "crm:setup_type_settings"), "icons": ICONS, "problem": problem, "row": row,
        "breaks": services.what_a_type_breaks(info),
        "typed": request.POST.dict() if problem else {"label": info.label, "plural": info.plural, "icon": info.icon},
    }  # fmt: skip
    return render(request, "crm/setup/type_settings.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def variants(request: HttpRequest, key: str) -> HttpResponse:
    """Record types: added, renamed, their choices narrowed, removed."""
    actor, info, problem = actor_of(request), catalogue().type(key), None
    narrowed = [one for one in info.fields.values() if one.type in {"choice", "multichoice"} and one.is_written
                and "choices_of" not in one.options]  # fmt: skip
    if request.method == "POST":
        post, at = request.POST, clock.now()
        if post.get("op") == "remove":
            problem = attempt(
                request, lambda: services.remove_variant(type_key=key, key=post.get("key", ""), actor=actor, at=at),
                _("Removed."),
            )  # fmt: skip
        else:
            choices = {
                one.key: post.getlist(f"choices.{one.key}") for one in narrowed
                if len(post.getlist(f"choices.{one.key}")) < len(one.spec.choices)
            }  # fmt: skip
            problem = attempt(
                request,
                lambda: services.save_variant(
                    type_key=key, key=post.get("key", ""), label=post.get("label", ""), choices=choices,
                    is_default=post.get("is_default") == "yes", actor=actor, at=at,
                ),
                _("Saved."),
            )  # fmt: skip
        if problem is None:
            return redirect("crm:setup_variants", key=key)
    context = {"type": info, "tabs": tabs_of(info, "crm:setup_variants"), "narrowed": narrowed, "problem": problem}
    return render(request, "crm/setup/variants.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_GET
def work(request: HttpRequest, work_id: str) -> HttpResponse:
    """How far a pass over records is: a fragment that asks for itself again until it is done."""
    return render(request, "crm/setup/work.html", {"one": queries.work(actor=actor_of(request), work_id=work_id)})
