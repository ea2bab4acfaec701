"""The rule editor: conditions as rows with CEL beneath, tried on a text, kept as a new version."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.rules import RuleError, rows
from fairboard.safety import forms_rules as editing
from fairboard.safety.forms_rules import GROUPS, RuleForm
from fairboard.safety.queries import rules as queries
from fairboard.safety.services import rules as services
from fairboard.safety.views.rule_life import surroundings
from fairboard.safety.views.rules import words
from fairboard.screening import ENVIRONMENT, Document, default_packs, screen

BLANK = {"severity": 2, "action": "hold", "delay_minutes": 0}


@permission_required("rules.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new rule, blank or a copy of a packaged one."""
    state: dict[str, Any] = {"tree": editing.from_node(None), "mode": "rows", "when": "", "values": BLANK}
    source = next((rule for pack in default_packs() for rule in pack.rules if rule.id == request.GET.get("copy")), None)
    if source:
        values = {
            "name": source.id.replace("-", " ").capitalize(), "key": f"{source.id}-2", "policy": source.policy,
            "action": str(source.action), "message": source.message, "owner": source.owner, "source": source.source,
        }  # fmt: skip
        state = {**_condition(source.when, None), "values": {**BLANK, **values}}
    return _edit(request, None, state)


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: its newest version in the editor, back-tests, its life and its versions."""
    actor = actor_of(request)
    found = queries.rule(rule_id=rule_id, actor=actor, at=clock.now())
    versions = queries.versions(rule_id=rule_id, actor=actor)
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isdigit() and len(asked) < 9 else found.newest
    shown = next((one for one in versions if one.number == number), None)
    if shown is None:
        raise NotFound
    state = {**_condition(shown.when, shown.rows), "values": {**asdict(shown), "name": found.name}}
    around = surroundings(request, found, shown, versions)
    return _edit(request, found, state, around)


def _edit(
    request: HttpRequest, found: queries.RuleRow | None, state: dict[str, Any], around: dict[str, Any] | None = None
) -> HttpResponse:
    op, _colon, target = request.POST.get("op", "").partition(":")
    form = RuleForm(request.POST if request.method == "POST" else None, has_key=found is not None,
                    initial=state["values"])  # fmt: skip
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        form.errors.clear()
        state |= _typed(request, op, target)
        if op == "save":
            kept = _save(request, found, form, state)
            if kept is not None:
                return kept
            status = 422
        elif op == "try":
            context["trial"] = _trial(request, state)
    return render(request, "safety/rule.html", {**_shown(request, state), **context, **(around or {}), "form": form,
                                                "rule": found}, status=status)  # fmt: skip


def _typed(request: HttpRequest, op: str, target: str) -> dict[str, Any]:
    """The condition as the form has it, after the button that was pressed."""
    tree = editing.from_post(request.POST)
    mode = "cel" if request.POST.get("mode") == "cel" else "rows"
    when = request.POST.get("when", "")[:5_000].replace("\r\n", "\n")
    found: dict[str, Any] = {"tree": tree, "mode": mode, "when": when, "said": ""}
    if op in {"add", "group", "remove"}:
        found["tree"] = editing.changed(tree, op, target)
    if op != "save":
        editing.settled(found["tree"])
    if op == "cel" and mode == "rows":
        try:
            found |= {"when": rows.to_cel(editing.to_node(tree)[0], ENVIRONMENT), "mode": "cel"}
        except rows.RowError:
            found["said"] = _("These rows are not complete yet.")
    if op == "rows" and mode == "cel":
        node = rows.from_cel(when, ENVIRONMENT)
        if node is None:
            found["said"] = _("Rows cannot say this; it stays CEL.")
        else:
            found |= {"tree": editing.from_node(node), "mode": "rows"}
    return found


def _save(
    request: HttpRequest, found: queries.RuleRow | None, form: RuleForm, state: dict[str, Any]
) -> HttpResponse | None:
    """Keep the version; None with the mistakes put beside their fields."""
    given = request.POST
    node, places = editing.to_node(state["tree"])
    texts = {name: given.get(name, "") for name in ("policy", "action", "message", "note", "owner", "source")}
    numbers = {name: _number(given.get(name, ""), BLANK[name]) for name in ("severity", "delay_minutes")}
    condition = {"rows": node} if state["mode"] == "rows" else {"when": state["when"]}
    draft = services.Draft(**texts, **numbers, **condition)  # type: ignore[arg-type]
    key = found.key if found else given.get("key", "").strip()
    try:
        kept = services.write(
            key=key, name=given.get("name", ""), draft=draft, actor=actor_of(request), at=clock.now(),
            must_be_new=found is None,
        )  # fmt: skip
    except Invalid as problem:
        _put(form, state, places, problem)
        return None
    except Problem as problem:
        form.add_error(None, problem.detail)
        return None
    messages.success(request, _("Kept as a draft.") if kept.is_new else _("Nothing was changed."))
    return redirect("safety:rule", rule_id=kept.rule_id)


def _put(form: RuleForm, state: dict[str, Any], places: dict[str, str], problem: Invalid) -> None:
    beside: dict[str, list[str]] = {}
    form.is_valid()
    form.errors.clear()
    for error in problem.errors:
        name, message = error["field"], error["message"]
        if name.startswith("rows."):
            path = name.removeprefix("rows.").rpartition(".")[0]
            beside.setdefault(places.get(path, editing.ROOT), []).append(message)
        else:
            form.add_error(name if name in form.fields else None, message)
    if beside:
        form.add_error(None, _("Some rows need another look. Nothing you typed is lost."))
    editing.show_errors(state["tree"], beside)


def _number(text: str, default: object) -> int:
    if not text.strip():
        return int(str(default))
    return int(text) if text.strip().lstrip("-").isdigit() and len(text) < 12 else -1


def _condition(when: str, kept: dict[str, Any] | None) -> dict[str, Any]:
    node = kept if kept is not None and not rows.check(kept, ENVIRONMENT) else rows.from_cel(when, ENVIRONMENT)
    return {"tree": editing.from_node(node), "mode": "rows" if node else "cel", "when": when}


def _shown(request: HttpRequest, state: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of the condition: the rows, the CEL beneath, what is wrong with it, the variables."""
    cel, problems = state["when"], ()
    if state["mode"] == "rows":
        node, places = editing.to_node(state["tree"])
        wrong = rows.check(node, ENVIRONMENT)
        cel = "" if wrong else rows.to_cel(node, ENVIRONMENT)
        if wrong and request.method == "POST" and request.POST.get("op") != "save":
            beside: dict[str, list[str]] = {}
            for one in wrong:
                beside.setdefault(places.get(one.path, editing.ROOT), []).append(services.sentence(one))
            editing.show_errors(state["tree"], beside)
    else:
        problems = tuple(
            {"line": one.line, "column": one.column, "message": services.sentence(one)}
            for one in ENVIRONMENT.check(cel)
        )  # type: ignore[assignment]
    sought = request.POST.get("sought", "").strip().lower()
    variables = [one for one in ENVIRONMENT.variables.values() if sought in f"{one.name} {one.doc}".lower()]
    return {
        "tree": state["tree"], "mode": state["mode"], "cel": cel, "problems": problems, "said": state.get("said", ""),
        "variables": variables, "sought": sought, "all_variables": _by_group(),
        "groups": [(key, str(label)) for key, label in GROUPS.items()],
        "try_text": request.POST.get("try_text", ""), "try_category": request.POST.get("try_category", ""),
        "may_edit": actor_of(request).can("rules.edit"), **words(),
    }  # fmt: skip


def _by_group() -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for one in ENVIRONMENT.variables.values():
        if rows.operators(one.type):
            found.setdefault(one.name.partition(".")[0], []).append(one.name)
    return list(found.items())


def _trial(request: HttpRequest, state: dict[str, Any]) -> dict[str, Any]:
    """What the condition makes of a text: its answer, each part, each value."""
    document = Document(
        "try",
        {"body": request.POST.get("try_text", "")[:20_000]},
        request.POST.get("try_category", "")[:80],
        year=clock.now().year,
    )
    try:
        source = state["when"]
        if state["mode"] == "rows":
            source = rows.to_cel(editing.to_node(state["tree"])[0], ENVIRONMENT)
        explained = ENVIRONMENT.compile(source).explain(screen(document).features)
    except (RuleError, rows.RowError) as error:
        return {"problem": str(error)}
    return {
        "holds": explained.result,
        "uses": [(name, str(value)) for name, value in explained.uses],
        "parts": [(text, value is True) for text, value in explained.parts],
    }
