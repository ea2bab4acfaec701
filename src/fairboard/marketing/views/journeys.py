"""Journeys: the list, one with its picture and steps, its settings, a step, the people on it, a dry run."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.marketing import forms_journeys as own
from fairboard.marketing import graph, journey_drawing
from fairboard.marketing.forms import add_problem
from fairboard.marketing.queries import journey_trials as trials
from fairboard.marketing.queries import journeys as queries
from fairboard.marketing.queries.rights import may_send
from fairboard.marketing.services import journey_running as running
from fairboard.marketing.services import journeys as services
from fairboard.marketing.views.journey_words import Words, names
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

TONES = {"live": "good", "paused": "warn", "ended": "neutral", "draft": "neutral", "waiting": "warn", "goal": "good",
         "failed": "bad", "exited": "neutral", "done": "good"}  # fmt: skip
ICONS = {"mail": "mail", "wait": "timer", "branch": "split", "update": "pencil", "task": "square-check",
         "campaign": "megaphone", "goal": "target", "end": "circle-stop", "entry": "log-in"}  # fmt: skip


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def journey_list(request: HttpRequest) -> HttpResponse:
    """Journeys; a new one begins with its name and whom it is for."""
    actor = actor_of(request)
    form = own.NewJourneyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.create_journey(
            name=form.cleaned_data["name"], type_key=form.cleaned_data["type_key"], actor=actor, at=clock.now()
        )
        return redirect("marketing:journey_settings", journey_id=made)
    context = {"journeys": queries.journeys(actor=actor), "form": form, "names": names(), "tones": TONES}
    return render(request, "marketing/journeys.html", context, status=422 if form.errors else 200)


@permission_required("marketing.use")
@require_GET
def journey(request: HttpRequest, journey_id: str) -> HttpResponse:
    """One journey: its picture, its steps with figures, what is still missing."""
    actor = actor_of(request)
    page = queries.journey_page(journey_id=journey_id, actor=actor)
    words = Words(actor, page.row.type_key, page.draft)
    waiting = {key: one.waiting for key, one in page.figures.items()}
    wrong: dict[str, list[str]] = {}
    for one in page.problems:
        wrong.setdefault(one["field"], []).append(one["message"])
    keys = graph.flat(page.draft["steps"])
    context = {
        "journey": page, "names": names(), "tones": TONES, "icons": ICONS, "may_send": may_send(actor),
        "tree": _tree(page.draft["steps"], words, page.figures, wrong), "kinds": words.kinds(),
        "drawing": journey_drawing.drawn(page.draft["steps"], words.step, waiting), "entry": words.entry(),
        "general": [text for field, texts in wrong.items() if field not in keys for text in texts],
        "settings": words.settings(), "runs": queries.people(journey_id=journey_id, actor=actor, size=8).items,
    }  # fmt: skip
    return render(request, "marketing/journey.html", context)


def _tree(
    steps: list[Mapping[str, Any]], words: Words, figures: Mapping[str, queries.StepFigures],
    wrong: Mapping[str, list[str]], where: str = "root",
) -> dict[str, Any]:  # fmt: skip
    """A list of steps for the template: each with its words, figures and, for a branch, its two lists."""
    rows = []
    for number, step in enumerate(steps):
        title, text = words.step(step)
        row: dict[str, Any] = {
            "key": step["key"], "kind": step["kind"], "title": title, "text": text, "at": number,
            "figures": figures.get(step["key"]), "problems": wrong.get(step["key"], []), "ways": [],
        }  # fmt: skip
        if step["kind"] == "branch":
            row["ways"] = [
                {
                    "way": way,
                    "label": label,
                    **_tree(step.get(way) or [], words, figures, wrong, f"{step['key']}.{way}"),
                }
                for way, label in (("yes", _("Yes")), ("no", _("No")))
            ]
        rows.append(row)
    return {"where": where, "steps": rows, "size": len(rows)}


@permission_required("marketing.use")
@require_POST
def act(request: HttpRequest, journey_id: str) -> HttpResponse:
    """What one does with a journey by a button of its page."""
    given, actor, at = request.POST, actor_of(request), clock.now()
    name, _colon, rest = given.get("act", "").partition(":")
    try:
        if name == "add":
            where, _sign, place = rest.partition("@")
            key = services.add_step(
                journey_id=journey_id, kind=given.get("kind", ""), where=where, actor=actor, at=at,
                place=int(place) if place.isdecimal() and len(place) < 4 else graph.MOST_STEPS,
            )  # fmt: skip
            step = graph.step_of(queries.found(journey_id).draft["steps"], key)
            if step and step["kind"] not in {"goal", "end"}:
                return redirect("marketing:journey_step", journey_id=journey_id, key=key)
        elif name == "copy":
            journey_id = services.copy_journey(journey_id=journey_id, actor=actor, at=at)
        else:
            _do(request, journey_id, name, rest)
    except (NotFound, Forbidden):
        raise
    except Problem as problem:
        messages.error(request, problem.detail or _("Please check what you entered."))
    return redirect("marketing:journey", journey_id=journey_id)


def _do(request: HttpRequest, journey_id: str, name: str, rest: str) -> None:
    who: dict[str, Any] = {"journey_id": journey_id, "actor": actor_of(request), "at": clock.now()}
    if name in {"up", "down"}:
        services.move_step(**who, key=rest, by=-1 if name == "up" else 1)
    elif name == "remove":
        services.remove_step(**who, key=rest)
    elif name == "live":
        started = services.put_live(**who)
        if started.is_live:
            messages.success(request, _("This journey is live."))
        elif started.refused:
            messages.error(request, _("A mail was refused by safety. Change its template and try again."))
        else:
            messages.info(request, _("A person looks at the mails first. Put it live again when they are approved."))
    elif name in {"pause", "resume", "end"}:
        {"pause": services.pause, "resume": services.resume, "end": services.end}[name](**who)
    elif name == "people":
        ids = request.POST.get("people", "").replace(",", " ").replace("#", " ").split()
        count = services.add_people(**who, record_ids=[one.rpartition("/")[2] for one in ids][:5_000])
        messages.info(request, _("%(n)s people came in.") % {"n": count})
    else:
        raise Invalid(_("There is nothing of that name to do."))


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, journey_id: str) -> HttpResponse:
    """How people come in and leave, and what all mails share."""
    actor = actor_of(request)
    page = queries.journey_page(journey_id=journey_id, actor=actor)
    form = own.SettingsForm(
        request.POST or None, initial=own.settings_initial(page.row.name, page.draft), actor=actor,
        type_key=page.row.type_key,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.save_settings(
                journey_id=journey_id, name=form.cleaned_data["name"], given=form.content(), actor=actor, at=clock.now()
            )
        except (NotFound, Forbidden):
            raise
        except Problem as problem:
            add_problem(form, problem.errors, problem.detail)
        else:
            return redirect("marketing:journey", journey_id=journey_id)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/journey_settings.html", {"journey": page, "form": form}, status=status)


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, journey_id: str, key: str) -> HttpResponse:
    """What one step does."""
    actor = actor_of(request)
    page = queries.journey_page(journey_id=journey_id, actor=actor)
    found = graph.step_of(page.draft["steps"], key)
    if found is None:
        raise NotFound(_("There is no such step."))
    form = own.step_form(found, request.POST or None, actor=actor, type_key=page.row.type_key)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_step(
                journey_id=journey_id, key=key, given=own.step_values(str(found["kind"]), form.cleaned_data),
                actor=actor, at=clock.now(),
            )  # fmt: skip
        except (NotFound, Forbidden):
            raise
        except Problem as problem:
            add_problem(form, [], problem.detail)
        else:
            return redirect("marketing:journey", journey_id=journey_id)
    words = Words(actor, page.row.type_key, page.draft)
    context = {"journey": page, "form": form, "step": found, "kinds": words.kinds(), "icons": ICONS}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/journey_step.html", context, status=status)


@permission_required("marketing.use")
@require_GET
def people(request: HttpRequest, journey_id: str) -> HttpResponse:
    """Who is or was on a journey, at a step or in a state."""
    actor, given = actor_of(request), request.GET
    page = queries.journey_page(journey_id=journey_id, actor=actor)
    step_key, state = given.get("step", "")[:12], given.get("state", "")[:8]
    rows = queries.people(
        journey_id=journey_id, actor=actor, step=step_key, state=state, cursor=given.get("cursor", "")
    )
    words = Words(actor, page.row.type_key, page.draft)
    steps = {one["key"]: words.step(one)[0] for one in graph.walked(page.draft["steps"])}
    query = f"step={step_key}&state={state}"
    context = {
        "journey": page, "runs": rows.items, "names": names(), "tones": TONES, "steps": steps, "step": step_key,
        "state": state, "states": ("waiting", "done", "goal", "exited", "failed"),
        "next_url": f"?{query}&cursor={rows.next_cursor}" if rows.next_cursor else "",
    }  # fmt: skip
    return render(request, "marketing/journey_people.html", context)


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, journey_id: str, run_id: str) -> HttpResponse:
    """What somebody went through, with a button that takes them off."""
    actor = actor_of(request)
    page = queries.journey_page(journey_id=journey_id, actor=actor)
    row, stays = queries.history(run_id=run_id, actor=actor)
    if request.method == "POST":
        running.take_off(run_id=run_id, actor=actor, at=clock.now())
        return redirect("marketing:journey_run", journey_id=journey_id, run_id=run_id)
    words = Words(actor, page.row.type_key, page.draft)
    shown = [{"stay": one, "words": words.step(one.step), "icon": ICONS.get(str(one.step["kind"]))} for one in stays]
    context = {
        "journey": page,
        "run": row,
        "stays": shown,
        "names": names(),
        "tones": TONES,
        "may_send": may_send(actor),
    }
    return render(request, "marketing/journey_run.html", context)


@permission_required("marketing.use")
@require_GET
def dry_run(request: HttpRequest, journey_id: str) -> HttpResponse:
    """What would happen to somebody, and when; nothing is sent."""
    actor, given = actor_of(request), request.GET
    page = queries.journey_page(journey_id=journey_id, actor=actor)
    who = given.get("who", "").strip().rpartition("#")[2].rpartition("/")[2]
    expected: list[trials.Expected] | None = None
    error = ""
    if who:
        try:
            expected = trials.dry_run(
                journey_id=journey_id, record_id=who, actor=actor, at=clock.now(), opens="opens" in given,
                clicks="clicks" in given,
            )  # fmt: skip
        except NotFound:
            error = _("There is nobody of this kind with this id.")
    words = Words(actor, page.row.type_key, page.draft)
    shown = [
        {"one": one, "words": words.step(one.step), "icon": ICONS.get(str(one.step["kind"]))} for one in expected or ()
    ]
    context = {
        "journey": page, "expected": shown, "asked": expected is not None, "who": given.get("who", ""), "error": error,
        "names": names(), "opens": "opens" in given, "clicks": "clicks" in given,
    }  # fmt: skip
    return render(request, "marketing/journey_try.html", context, status=404 if error else 200)
