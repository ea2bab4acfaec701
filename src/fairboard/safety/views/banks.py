"""Hash banks: their sizes and matches, lists brought in, what floods set aside and released. No photo is shown."""

import io

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_rules import ACTIONS
from fairboard.safety.queries import banks as queries
from fairboard.safety.services import banks as services
from fairboard.screening import policies

SHOWN = 20
BIGGEST = 50_000_000
"""Bytes of a list sent through the page; larger ones go in by `fairboard banks import`."""


class BankForm(forms.Form):
    """A new bank; services check it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of hash"), required=False,
        choices=[("pdq", "PDQ"), ("sha256", "SHA-256"), ("md5", "MD5")],
    )  # fmt: skip
    policy = forms.ChoiceField(label=gettext_lazy("Policy"), required=False)
    action = forms.ChoiceField(
        label=gettext_lazy("Then"), required=False, choices=[(key, ACTIONS[key]) for key in services.ACTIONS]
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=500, required=False)
    most_per_hour = forms.IntegerField(
        label=gettext_lazy("Matches an hour that are believed"), required=False, initial=100, min_value=1,
        help_text=gettext_lazy("More are a flood: what matches so often is set aside."),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["policy"].choices = [(one.code, _(one.name)) for one in policies().values()]  # type: ignore[attr-defined]


@permission_required("banks.manage")
@require_http_methods(["GET", "POST"])
def banks(request: HttpRequest) -> HttpResponse:
    """Every bank, and a form for a new one."""
    actor, at = actor_of(request), clock.now()
    form = BankForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        form.errors.clear()
        given, most = request.POST, request.POST.get("most_per_hour", "")
        try:
            made = services.create(
                name=given.get("name", ""), kind=given.get("kind", ""), policy=given.get("policy", ""),
                action=given.get("action", ""), source=given.get("source", ""), actor=actor, at=at,
                most_per_hour=int(most) if most.isdigit() and len(most) < 9 else 0 if most else 100,
            )  # fmt: skip
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        else:
            return redirect("safety:bank", bank_id=made)
    context = {"banks": queries.banks(actor=actor, at=at), "form": form, "actions": _actions()}
    return render(request, "safety/banks.html", context, status=422 if form.errors else 200)


@permission_required("banks.manage")
@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest, bank_id: str) -> HttpResponse:
    """One bank: its hashes and matches; lists are brought in, hashes taken out, floods set aside and released."""
    actor, at = actor_of(request), clock.now()
    row = queries.bank(bank_id=bank_id, actor=actor, at=at)
    problem, bad = "", ()
    if request.method == "POST":
        try:
            found = _act(request, bank_id)
        except Invalid as error:
            problem = error.detail
        except Problem as error:
            problem = error.detail
        else:
            if not found or not found.bad_count:
                return redirect("safety:bank", bank_id=bank_id)
            bad = found.bad[:SHOWN]  # type: ignore[assignment]
            row = queries.bank(bank_id=bank_id, actor=actor, at=at)
    sought = request.GET.get("hash", "")
    page = queries.entries(bank_id=bank_id, actor=actor, sought=sought, cursor=request.GET.get("cursor", ""))
    context = {
        "bank": row, "entries": page.items, "matches": queries.matches(bank_id=bank_id, actor=actor), "sought": sought,
        "next_url": f"?hash={sought if sought.isalnum() else ''}&cursor={page.next_cursor}" if page.next_cursor else "",
        "problem": problem, "bad": bad, "actions": _actions(), "typed": request.POST.get("lines", "")[:20_000],
    }  # fmt: skip
    return render(request, "safety/bank.html", context, status=422 if problem else 200)


def _act(request: HttpRequest, bank_id: str) -> services.Imported | None:
    actor, at, act = actor_of(request), clock.now(), request.POST.get("act", "")
    given = {"bank_id": bank_id, "actor": actor, "at": at}
    if act == "add":
        return _bring_in(request, bank_id)
    if act == "remove":
        services.remove_entry(value=request.POST.get("value", ""), **given)  # type: ignore[arg-type]
    elif act == "quarantine":
        services.quarantine(why=request.POST.get("why", ""), **given)  # type: ignore[arg-type]
    elif act == "release":
        services.release(**given)  # type: ignore[arg-type]
    elif act in {"enable", "disable"}:
        services.switch(enabled=act == "enable", **given)  # type: ignore[arg-type]
    else:
        raise Invalid(_("Choose what to do."), field="act")
    messages.success(request, _("Done."))
    return None


def _bring_in(request: HttpRequest, bank_id: str) -> services.Imported:
    sent = request.FILES.get("file")
    if sent is not None and (sent.size or 0) > BIGGEST:
        raise Invalid(
            _("This list is too big for the page. Use the command line: fairboard banks import."), field="file"
        )
    lines = io.TextIOWrapper(sent, "utf-8", "replace") if sent else io.StringIO(request.POST.get("lines", ""))
    found = services.bring_in(bank_id=bank_id, lines=lines, actor=actor_of(request), at=clock.now())
    said = ngettext("%(n)s hash was added.", "%(n)s hashes were added.", found.added) % {"n": found.added}
    messages.success(request, said)
    if found.bad_count:
        count = ngettext("%(n)s line was bad.", "%(n)s lines were bad.", found.bad_count) % {"n": found.bad_count}
        messages.warning(request, count)
    return found


def _actions() -> dict[str, str]:
    return {key: str(label) for key, label in ACTIONS.items()}
