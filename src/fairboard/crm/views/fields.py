"""Fields in the console: made, changed, archived, purged, given another type; expressions checked as they are typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fairboard.crm import forms_setup as forms
from fairboard.crm import formulas
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.queries import setup as queries
from fairboard.crm.queries.records import schema_of
from fairboard.crm.services import definitions, retyping
from fairboard.crm.views.setup import attempt
from fairboard.fields import FieldError
from fairboard.filters import Schema
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Make a field of any kind."""
    actor, info = actor_of(request), catalogue().type(key)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("kind", "value") if given.get("kind", "value") in definitions.DEFINABLE else "value"
    value_type = given.get("value_type", "text" if kind == "value" else "number")
    problem: Invalid | Conflict | None = None
    if request.method == "POST" and request.POST.get("op") == "save":
        try:
            options = forms.field_options(kind, value_type, request.POST, _source(actor, request.POST.get("from", "")))
            made = definitions.add_field(
                type_key=key, label=request.POST.get("label", ""), key=request.POST.get("key", ""), kind=kind,
                value_type=value_type, options=options, required=request.POST.get("required") == "yes",
                is_unique=request.POST.get("is_unique") == "yes", is_indexed=request.POST.get("is_indexed") == "yes",
                actor=actor, at=clock.now(),
            )  # fmt: skip
        except (Invalid, Conflict) as found:
            problem = found
        else:
            messages.success(request, _("The field %(name)s can be used everywhere now.") % {"name": made.label})
            return redirect("crm:setup_type", key=key)
    context = _form(request, actor, info, kind, value_type, request.POST.dict() if given is request.POST else {})
    context |= {"problem": problem, "rows": _rows(request, {})}
    if request.method == "POST":
        context["typed"] |= {"targets": request.POST.getlist("targets")}
    return render(request, "crm/setup/field.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str, field_key: str) -> HttpResponse:
    """Change a field but for its key and kind."""
    actor, info = actor_of(request), catalogue().type(key)
    one = info.field(field_key)
    problem: Invalid | Conflict | None = None
    if request.method == "POST" and request.POST.get("op") == "save":
        try:
            options: dict[str, Any] | None = None
            if not one.is_standard or _may_choose(one):
                options = _options(one, actor, request)
            definitions.change_field(
                type_key=key, field_key=field_key, label=request.POST.get("label", ""), options=options,
                required=request.POST.get("required") == "yes" if one.is_written else None,
                is_unique=request.POST.get("is_unique") == "yes" if one.kind == "value" else None,
                is_indexed=request.POST.get("is_indexed") == "yes", actor=actor, at=clock.now(),
            )  # fmt: skip
        except (Invalid, Conflict) as found:
            problem = found
        else:
            messages.success(request, _("Saved."))
            return redirect("crm:setup_field", key=key, field_key=field_key)
    typed = request.POST.dict() if request.method == "POST" else _typed(one)
    context = _form(request, actor, info, one.kind, one.type, typed)
    if request.method == "POST":
        context["typed"] |= {"targets": request.POST.getlist("targets")}
    context |= {
        "field": one, "problem": problem, "rows": _rows(request, dict(one.options.get("filter") or {})),
        "may_choose": _may_choose(one),
    }  # fmt: skip
    return render(request, "crm/setup/field.html", context, status=problem.status if problem else 200)


def _may_choose(one: FieldInfo) -> bool:
    """Whether the choices of a packaged field can be the company's own."""
    return one.kind == "value" and one.type in {"choice", "multichoice"} and "choices_of" not in one.options


def _options(one: FieldInfo, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    source = _source(actor, str(one.options.get("from", "")))
    if one.is_standard:
        return {**one.options, "choices": forms.read_choices(request.POST.get("choices", ""))}
    post = request.POST.copy()
    for name in ("from", "via"):  # what a roll-up sums stays
        if name in one.options:
            post[name] = str(one.options[name])
    found = forms.field_options(one.kind, one.type, post, source)
    if one.kind == "rollup" and "filter" in one.options and forms.rows_of(one.options["filter"]) is None:
        found["filter"] = one.options["filter"]
    return found


def _typed(one: FieldInfo) -> dict[str, Any]:
    given = dict(one.options)
    return {
        **{name: value for name, value in given.items() if isinstance(value, str | int | float)},
        "label": one.label, "key": one.key, "required": "yes" if one.required else "",
        "is_unique": "yes" if one.is_unique else "", "is_indexed": "yes" if one.is_indexed else "",
        "targets": list(one.targets), "many": "yes" if one.is_many else "",
        "choices": forms.choice_lines(given.get("choices", ())),
    }  # fmt: skip


def _rows(request: HttpRequest, tree: dict[str, Any]) -> forms.FilterRows | None:
    rows = forms.typed_rows(request.POST) if request.method == "POST" else forms.rows_of(tree)
    if rows is not None:
        rows.rows = [one for one in rows.rows if one.field] + [forms.FilterRow()]
    return rows


def _source(actor: Actor, key: str) -> Schema | None:
    return schema_of(actor, key) if key in catalogue().types else None


def _form(
    request: HttpRequest, actor: Actor, info: TypeInfo, kind: str, value_type: str, typed: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    source = str(typed.get("from") or request.GET.get("from", ""))
    pointing = catalogue().pointing_to(info.key)
    if kind == "rollup" and not source and pointing:
        source = pointing[0][0].key
    over = catalogue().types.get(source)
    results = {name: str(label) for name, label in forms.VALUE_TYPES.items() if name in formulas.RESULTS}
    return {
        "type": info, "kind": kind, "value_type": value_type, "typed": {**typed, "from": source},
        "kinds": {name: str(label) for name, label in forms.KINDS.items()},
        "value_types": results if kind == "formula" else {n: str(label) for n, label in forms.VALUE_TYPES.items()},
        "functions": {name: str(label) for name, label in forms.FUNCTIONS.items()},
        "operators": {name: str(label) for name, label in forms.OPERATORS.items()},
        "types": catalogue().types.values(), "over": over,
        "pointing": sorted({other.key: other for other, _one in pointing}.values(), key=lambda one: one.plural),
        "ways": [one for other, one in pointing if over and other.key == over.key],
        "filterable": [one for one in over.fields.values() if one.kind != "relation"] if over else [],
        "variables": formulas.environment(info).reference(),
        **(_checked(actor, info, str(typed.get("expression", "")), value_type, "") if kind == "formula" else {}),
    }  # fmt: skip


def _checked(actor: Actor, info: TypeInfo, source: str, value_type: str, without: str) -> dict[str, Any]:
    """What is wrong with an expression, or what it gives for records."""
    if not source.strip():
        return {"problems": [], "run": None, "expression": source}
    expect = "bool" if value_type == "validation" else formulas.RESULTS.get(value_type, "string")
    found = formulas.environment(info, without=without).check(source, expect)
    problems = [
        {"text": _(one.text) % one.values if one.values else _(one.text), "line": one.line, "column": one.column}
        for one in found
    ]  # fmt: skip
    run = None
    if not found and value_type == "validation":
        run = queries.try_validation(actor=actor, info=info, source=source)
    elif not found:
        run = queries.try_formula(actor=actor, info=info, source=source, value_type=value_type, without=without)
    return {"problems": problems, "run": run, "expression": source, "is_validation": value_type == "validation"}


@permission_required("crm.manage")
@require_POST
def check(request: HttpRequest, key: str) -> HttpResponse:
    """What is wrong with an expression while it is typed, or what it gives: a fragment."""
    actor, info = actor_of(request), catalogue().type(key)
    value_type = request.POST.get("value_type", "validation")
    if value_type != "validation" and value_type not in formulas.RESULTS:
        value_type = "text"
    without = request.POST.get("field_key", "")
    context = _checked(actor, info, request.POST.get("expression", ""), value_type, without)
    return render(request, "crm/setup/checked.html", {"type": info, **context})


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, key: str, field_key: str) -> HttpResponse:
    """Archive a field with what it would break; purge an archived one after its key was written."""
    actor, info, at = actor_of(request), catalogue().type(key), clock.now()
    one = info.fields.get(field_key)
    problem = None
    if request.method == "POST":
        if request.POST.get("op") == "purge":
            problem = attempt(
                request,
                lambda: retyping.purge_field(
                    type_key=key, field_key=field_key, confirmed=request.POST.get("confirmed", ""), actor=actor, at=at
                ),
                _("The field and its values are being removed."),
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup_type", key=key)
        else:
            problem = attempt(
                request,
                lambda: definitions.archive_field(type_key=key, field_key=field_key, actor=actor, at=at),
                _("Archived. Its values are kept."),
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup_field_end", key=key, field_key=field_key)
    needed = definitions.what_needs(info, one) if one else []
    label = one.label if one else queries.archived_field(actor=actor, info=info, field_key=field_key).label
    context = {
        "type": info, "field": one, "label": label, "field_key": field_key, "problem": problem,
        "impact": queries.impact(actor=actor, info=info, field_key=field_key, needed_by=needed),
    }  # fmt: skip
    return render(request, "crm/setup/field_end.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def retype(request: HttpRequest, key: str, field_key: str) -> HttpResponse:
    """Give a field another type: first how many values convert and which do not, then in the background."""
    actor, info = actor_of(request), catalogue().type(key)
    one = info.field(field_key)
    given = request.POST if request.method == "POST" else request.GET
    value_type = given.get("value_type", "") if given.get("value_type", "") in forms.VALUE_TYPES else ""
    problem: Invalid | Conflict | None = None
    preview = None
    typed = given.dict()
    if value_type == "number" and "decimals" not in typed:
        typed["decimals"] = "2"
    if value_type in {"choice", "multichoice"} and not typed.get("choices", "").strip():
        typed["choices"] = "\n".join(queries.distinct_values(actor=actor, info=info, field_key=field_key))
    if value_type:
        try:
            filled = QueryDict(mutable=True)
            filled.update(typed)
            options = forms.field_options("value", value_type, filled)
            preview = queries.preview_retype(
                actor=actor, info=info, field_key=field_key, value_type=value_type, options=options
            )
            if request.method == "POST" and request.POST.get("op") == "convert":
                retyping.retype_field(
                    type_key=key, field_key=field_key, value_type=value_type, options=options, actor=actor,
                    at=clock.now(),
                )  # fmt: skip
                messages.success(request, _("The values are being converted."))
                return redirect(reverse("crm:setup_type", args=[key]))
        except (Invalid, Conflict) as found:
            problem = found
        except FieldError as error:
            problem = Invalid(str(error), field="value_type")
    context = {
        "type": info, "field": one, "value_type": value_type, "typed": typed, "preview": preview, "problem": problem,
        "value_types": {name: str(label) for name, label in forms.VALUE_TYPES.items() if name != one.type},
        "needed": definitions.what_needs(info, one),
    }  # fmt: skip
    return render(request, "crm/setup/retype.html", context, status=problem.status if problem else 200)
