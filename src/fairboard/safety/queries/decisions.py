"""A decision as its author reads it, with its statement of reasons in their language; and the lists of decisions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety import appealing, registry, statements
from fairboard.safety.models import Appeal, Case, Decision, Notice
from fairboard.safety.queries.access import may_see
from fairboard.screening import policies

BATCH = 100
"""How many statements the Commission's interface takes at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """One point of a statement of reasons: its heading and what it says."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision for its author and the desk. ``parts`` are the points (a) to (f) of DSA article 17(3)."""

    id: str
    kind: str
    subject_id: str
    title: str
    url: str
    outcome: str
    policy: str
    policy_name: str
    reason_text: str
    actions: tuple[str, ...]
    at: datetime
    is_automatic: bool
    restricts: bool
    parts: tuple[Part, ...]
    can_appeal: bool
    appeal_until: datetime
    appeal_id: str
    undone_by: str
    undoes: str
    statement: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """A decision in a list of one's own."""

    id: str
    kind: str
    title: str
    outcome: str
    policy_name: str
    at: datetime
    is_undone: bool
    appeal_state: str


def decision_view(*, decision_id: str, actor: Actor) -> DecisionView:
    """A decision, for the author of what it is about and for the desk; raises NotFound for anybody else."""
    found = Decision.objects.select_related("submission", "case", "undoes").filter(public_id=decision_id).first()
    if found is None:
        raise NotFound(_("There is no such decision."))
    submission = found.submission
    is_own = bool(actor.id) and submission.author_id == actor.id
    if not is_own and not may_see(kind=submission.kind, subject_id=submission.subject_id, actor=actor):
        raise NotFound(_("There is no such decision."))
    return view_of(found)


def view_of(decision: Decision) -> DecisionView:
    """A decision with its statement, in the language that is active."""
    submission = decision.submission
    described = registry.describe(submission.kind, submission.subject_id)
    policy = policies().get(decision.policy)
    restricts = decision.outcome == "reject" or statements.needed(decision.actions)
    appeal = Appeal.objects.filter(decision=decision, notice=None).order_by("-pk").first()
    undone = Decision.objects.filter(undoes=decision).order_by("pk").first()
    title = str(submission.fields.get("title") or submission.fields.get("body", ""))[:100]
    return DecisionView(
        decision.public_id, submission.kind, submission.subject_id, title, described.url if described else "",
        decision.outcome, decision.policy, _(policy.name) if policy else "", decision.reason_text,
        tuple(decision.actions), decision.at, decision.is_automatic, restricts,
        tuple(_parts(decision)) if restricts else (), restricts and appeal is None and undone is None,
        appealing.last_moment(decision.at), appeal.public_id if appeal else "", undone.public_id if undone else "",
        decision.undoes.public_id if decision.undoes else "", decision.statement,
    )  # fmt: skip


def _parts(decision: Decision) -> Iterator[Part]:
    """The points of article 17(3) in their order; who reported is never said."""
    policy = policies().get(decision.policy)
    statement = decision.statement
    yield Part(_("What is restricted"), " ".join(_measures(decision)))
    facts = [_how_found(decision)]
    facts += [_(message) for message in dict.fromkeys(one["message"] for one in decision.submission.reasons)]
    if not decision.is_automatic:  # else the reasons are the messages above, untranslated
        facts.append(decision.reason_text)
    yield Part(_("What it is based on"), " ".join(facts))
    yield Part(_("By whom it was decided"), _automation(decision))
    if statement.get("illegal_content_legal_ground"):
        yield Part(_("The law"), statement["illegal_content_legal_ground"])
    if policy:
        yield Part(_("The rule"), f"{_(policy.name)}. {_(policy.explanation)}")
    yield Part(_("What you can do"), _redress(decision))


def _measures(decision: Decision) -> Iterator[str]:
    done = set(decision.actions) or ({"remove"} if decision.outcome == "reject" else set())
    ends = decision.statement.get("end_date_account_restriction")
    if "remove" in done and decision.submission.revision > 1 and decision.submission.verdict != "allow":
        yield _("Nobody sees this version, in any country, as long as this decision stands.")
    elif "remove" in done:
        yield _("Nobody sees it, in any country, as long as this decision stands.")
    if "restrict" in done:
        yield _("Only people who have its address see it, in any country: it is not in lists and not in the search.")
    if "demonetise" in done:
        yield _("It is excluded from paid promotion.")
    if "suspend" in done:
        day = formats.date_format(date.fromisoformat(ends), "DATE_FORMAT") if ends else ""
        yield _("Your account is suspended until %(date)s: you cannot publish, and your ads are out of sight.") % {
            "date": day
        }
    if "hold_account" in done:
        yield _("Your account is on hold: you cannot publish, and your ads are out of sight.")
    if "close" in done:
        yield _("Your account is closed: you cannot publish, and your ads are out of sight.")


def _how_found(decision: Decision) -> str:
    if decision.case_id and Notice.objects.filter(case=decision.case_id).exists():
        return _("It was reported to us.")
    return _("We found it by our own checks.")


def _automation(decision: Decision) -> str:
    if decision.is_automatic:
        return _("It was found and decided automatically.")
    if decision.submission.verdict != "allow":
        return _("It was held by an automatic check; a person decided.")
    return _("A person decided; no automatic means were used.")


def _redress(decision: Decision) -> str:
    return _(
        "You can appeal free of charge until %(date)s: another person looks at it. You can also turn to an "
        "out-of-court settlement body (%(bodies)s) or go to court."
    ) % {
        "date": formats.date_format(appealing.last_moment(decision.at), "DATE_FORMAT"),
        "bodies": settings.DISPUTE_URL,
    }  # fmt: skip


def own_decisions(*, actor: Actor, cursor: str = "", size: int = 30) -> Page[DecisionItem]:
    """The decisions on what a member published, newest first."""
    if not actor.id:
        return Page([])
    found = Decision.objects.select_related("submission").filter(submission__author_id=actor.id)
    if cursor:
        (before,) = decode_cursor(cursor, [int])
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page(_items(rows[:size]), next_cursor=more)


def _items(rows: Sequence[Decision]) -> list[DecisionItem]:
    pks = [one.pk for one in rows]
    undone = set(Decision.objects.filter(undoes__in=pks).values_list("undoes_id", flat=True))
    appealed = dict(Appeal.objects.filter(decision__in=pks, notice=None).order_by("pk").values_list(
        "decision_id", "state"))  # fmt: skip
    items = []
    for one in rows:
        policy = policies().get(one.policy)
        title = str(one.submission.fields.get("title") or one.submission.fields.get("body", ""))[:100]
        items.append(
            DecisionItem(
                one.public_id, one.submission.kind, title, one.outcome, _(policy.name) if policy else "", one.at,
                one.pk in undone, appealed.get(one.pk, ""),
            )
        )  # fmt: skip
    return items


def statement_batch(
    *, actor: Actor, since: datetime | None = None, until: datetime | None = None, cursor: str = ""
) -> Page[dict[str, Any]]:
    """Statements of reasons in the order they were made, 100 at once; raises Forbidden.

    Those of child-safety decisions only for who may know of them.
    """
    if not actor.can("desk.view"):
        raise Forbidden(_("Only safety staff export statements."))
    found = Decision.objects.exclude(statement={})
    if not actor.can("desk.child"):
        found = found.exclude(submission__subject_id__in=Case.objects.filter(is_child=True).values("subject_id"))
    found = found.filter(at__gte=since) if since else found
    found = found.filter(at__lt=until) if until else found
    if cursor:
        (after,) = decode_cursor(cursor, [int])
        found = found.filter(pk__gt=after)
    rows = list(found.order_by("pk").values_list("pk", "statement")[: BATCH + 1])
    more = encode_cursor(rows[BATCH - 1][0]) if len(rows) > BATCH else ""
    return Page([statement for _pk, statement in rows[:BATCH]], next_cursor=more)


def all_statements(
    *, actor: Actor, since: datetime | None = None, until: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Every statement of a time, batch by batch; raises Forbidden."""
    cursor = ""
    while True:
        page = statement_batch(actor=actor, since=since, until=until, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if not cursor:
            return


def is_told_by_a_later_one(decision: Decision) -> bool:
    """Whether the author hears of a refusal by one made with it: what is shown and a newer version, at one moment."""
    submission = decision.submission
    return Decision.objects.filter(
        submission__kind=submission.kind, submission__subject_id=submission.subject_id, pk__gt=decision.pk,
        outcome="reject", at=decision.at, decided_by=decision.decided_by, policy=decision.policy,
        is_automatic=False, carried_out_at__isnull=False,
    ).exists()  # fmt: skip
