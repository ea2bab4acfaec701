"""Due diligence: an account's standing, how well it is known, what looked wrong, what was refused."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from fairboard.crm import events
from fairboard.crm.queries import knowledge
from fairboard.crm.queries.records import record
from fairboard.crm.queries.standing import ANSWER_NAMES, SIGNAL_NAMES, members_of, signals, steps
from fairboard.crm.services import due_diligence, ties
from fairboard.crm.services.standing import seen
from fairboard.kit import clock
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.ledger.queries import events_between
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.people.queries import member_by_email, names_of


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def account_standing(request: HttpRequest, record_id: str) -> HttpResponse:
    """What safety says of an account, and the steps of knowing it."""
    actor, at = actor_of(request), clock.now()
    row = record(actor=actor, record_id=record_id)
    if row.type_key != "account":
        raise NotFound
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _act(request, record_id)
            return redirect("crm:standing", record_id=record_id)
        except Problem as found:
            problem = found
    seen(account_id=record_id, actor=actor, at=at)
    members = members_of([row.pk]).get(row.pk, [])
    names = names_of(set(members))
    refused = list(
        events_between(
            kinds=[events.HOLD_REFUSED, events.KYC_REFUSED], subject_kind="crm.account", subject_id=record_id
        )
    )[-50:]
    return render(
        request, "crm/standing.html",
        {
            "record": row, "steps": steps(account=row.pk), "needed": due_diligence.NEEDED,
            "signals": signals(actor=actor, account=row.pk), "kinds": SIGNAL_NAMES, "answers": ANSWER_NAMES,
            "hints": knowledge.hints(account=row.pk, at=at), "refused": refused[::-1], "problem": problem,
            "members": [{"id": one, "name": names.get(one, one)} for one in members], "typed": request.POST,
            "year": at.year,
        },
        status=problem.status if problem else 200,
    )  # fmt: skip


def _act(request: HttpRequest, record_id: str) -> None:
    actor, at, given = actor_of(request), clock.now(), request.POST
    if "step" in given:
        due_diligence.take_step(
            account_id=record_id, step=given["step"], details={key: str(value) for key, value in given.items()},
            confirmed="confirmed" in given, actor=actor, at=at,
        )  # fmt: skip
    elif "signal" in given:
        due_diligence.raise_signal(
            account_id=record_id, kind=given["signal"], note=given.get("note", ""), actor=actor, at=at
        )
    elif "untie" in given:
        ties.untie_member(member_id=given["untie"], actor=actor, at=at)
    elif "member" in given:
        found = member_by_email(given["member"]) or given["member"].strip()
        ties.tie_members(account_id=record_id, member_ids=[found], actor=actor, at=at)
    else:
        raise Invalid


@permission_required("crm.use")
def what_we_knew(request: HttpRequest, record_id: str) -> HttpResponse:
    """The yearly record of a customer, made for printing."""
    now = clock.now()
    try:
        year = int(request.GET.get("year") or now.year)
    except ValueError:
        year = now.year
    found = knowledge.what_we_knew(actor=actor_of(request), account_id=record_id, year=year)
    return render(request, "crm/knew.html", {"found": found, "printed_at": now})


@permission_required("desk.decide")
@require_http_methods(["GET", "POST"])
def signal_list(request: HttpRequest) -> HttpResponse:
    """What sales raised, for safety to answer."""
    actor, problem = actor_of(request), None
    if request.method == "POST":
        try:
            if "release" in request.POST:
                due_diligence.release_account(account_id=request.POST["release"], actor=actor, at=clock.now())
            else:
                due_diligence.answer_signal(
                    signal_id=request.POST.get("signal", ""), answer=request.POST.get("answer", ""), actor=actor,
                    at=clock.now(), reason=request.POST.get("reason", ""),
                )  # fmt: skip
            return redirect("crm:signals")
        except Problem as found:
            problem = found
    rows = signals(actor=actor)
    return render(
        request, "crm/signals.html",
        {
            "open": [one for one in rows if not one.answer], "answered": [one for one in rows if one.answer],
            "kinds": SIGNAL_NAMES, "answers": ANSWER_NAMES, "names": names_of({one.raised_by for one in rows}),
            "problem": problem,
        },
        status=problem.status if problem else 200,
    )  # fmt: skip
