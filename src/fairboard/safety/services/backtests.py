"""Back-tests: a version of a rule tried on what was judged before, as the rules saw it at the time.

A test goes through submissions in their order, a thousand at a time, and keeps where it is with what it counted in one
conditional update: it can be stopped, killed and resumed at any moment, and counts each submission once.
"""

import hashlib
import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, ruleset
from fairboard.safety.models import BackTest, Case, Decision, Rule, RuleVersion, Submission
from fairboard.safety.services.rules import compilable
from fairboard.screening.pack import Rule as Ready

TASK = tasks.expect("safety.back_test")
BATCH = 1_000
SAMPLES = 50
ABANDONED = timedelta(minutes=2)
DEFAULT_DAYS = 90
STATES = ("allowed", "held", "refused", "upheld", "overturned")
"""What became of a hit: allowed by the gate, waiting, refused by the gate, refused or allowed by a person."""


@dataclass(frozen=True, slots=True)
class _Hit:
    public_id: str
    kind: str
    subject_id: str
    category: str
    day: str
    state: str
    is_now: bool
    was_live: bool


def ask(
    *, rule_id: str, number: int, actor: Actor, at: datetime, since: datetime | None = None,
    until: datetime | None = None, in_background: bool = True,
) -> str:  # fmt: skip
    """Ask for a back-test of a version over a time, the last 90 days when none is given; returns its public id.

    Where one of the same version over the same time is under way, that one is answered. Raises Forbidden, NotFound,
    NotReady for a version with a mistake, Invalid.
    """
    if not actor.can("rules.edit"):
        raise Forbidden(_("Only safety staff try rules on history."))
    until = until or at
    since = since or until - timedelta(days=DEFAULT_DAYS)
    if since >= until:
        raise Invalid(_("The time must begin before it ends."), field="since")
    with transaction.atomic():
        version = RuleVersion.objects.select_related("rule").filter(rule__public_id=rule_id, number=number).first()
        if version is None:
            raise NotFound(_("There is no such version."))
        compilable(version)
        running = BackTest.objects.filter(version=version, state__in=("waiting", "running")).first()
        if running:
            return running.public_id
        live = Rule.objects.filter(pk=version.rule_id).values_list("live_id", flat=True).first()
        test = BackTest.objects.create(
            version=version, against_id=live if live != version.pk else None, since=since, until=until,
            asked_by=actor.id, at=at, moved_at=at,
        )  # fmt: skip
        record(
            kind=events.BACK_TEST_ASKED, subject=Subject("rule", version.rule.public_id), actor=actor, at=at,
            data={"test": test.public_id, "rule": version.rule.key, "version": version.number},
        )  # fmt: skip
        if in_background:
            tasks.enqueue(TASK, test_id=test.public_id)
    return test.public_id


def stop(*, test_id: str, actor: Actor, at: datetime) -> None:
    """Stop a back-test where it is. Raises Forbidden, NotFound, Conflict when it has ended."""
    _switch(test_id, ("waiting", "running"), "stopped", actor, at)


def resume(*, test_id: str, actor: Actor, at: datetime) -> None:
    """Go on with a back-test that was stopped or failed, where it was. Raises as `stop` does."""
    with transaction.atomic():
        _switch(test_id, ("stopped", "failed"), "running", actor, at)
        tasks.enqueue(TASK, test_id=test_id)


def abandoned(*, at: datetime) -> list[str]:
    """Back-tests that nobody moved for two minutes though they are not done: their worker died."""
    found = BackTest.objects.filter(state__in=("waiting", "running"), moved_at__lte=at - ABANDONED)
    ids = list(found.values_list("public_id", flat=True))
    BackTest.objects.filter(public_id__in=ids).update(moved_at=at)
    return ids


def advance(*, test_id: str, at: datetime, seconds: float) -> bool:
    """Go on with a back-test for so many seconds; True while there is more to do."""
    test = BackTest.objects.select_related("version__rule", "against").filter(public_id=test_id).first()
    if test is None or (test.state == "waiting" and not _begin(test, at)) or test.state != "running":
        return False
    try:
        rule = ruleset.ready(test.version, test.version.rule.key)
        against = ruleset.ready(test.against, test.version.rule.key) if test.against else None
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if not _step(test, rule, against, at):
                return False
    except Exception as error:
        BackTest.objects.filter(pk=test.pk).update(state="failed", error=str(error)[:300], moved_at=at)
        raise
    return True


def _begin(test: BackTest, at: datetime) -> bool:
    within = Submission.objects.filter(submitted_at__gte=test.since, submitted_at__lte=test.until)
    span = within.aggregate(first=Min("pk"), last=Max("pk"))
    first, last = span["first"] or 1, span["last"] or 0
    found = BackTest.objects.filter(pk=test.pk, state="waiting").update(
        state="running", cursor=first - 1, until_pk=last, total=within.count(), moved_at=at
    )
    test.refresh_from_db(fields=["state", "cursor", "until_pk", "total"])
    return bool(found)


def _step(test: BackTest, rule: Ready, against: Ready | None, at: datetime) -> bool:
    """Look at the next submissions; False when the test has ended or another worker has it."""
    rows = list(
        Submission.objects.filter(
            pk__gt=test.cursor, pk__lte=test.until_pk, submitted_at__gte=test.since, submitted_at__lte=test.until
        ).order_by("pk")[:BATCH].values_list(
            "pk", "public_id", "kind", "subject_id", "category", "verdict", "features", "submitted_at"
        )
    )  # fmt: skip
    if not rows:
        return _end(test, at)
    tallies = {False: test.open_tally or _tally(), True: test.child_tally or _tally()}
    tallies[False]["unknown"] += sum(1 for row in rows if not row[6])
    hits = _hits(rows, rule, against)
    children = _child_subjects(hits)
    for hit in hits:
        _add(tallies[(hit.kind, hit.subject_id) in children], hit)
    moved = BackTest.objects.filter(pk=test.pk, cursor=test.cursor, state="running").update(
        cursor=rows[-1][0], seen=test.seen + len(rows), open_tally=tallies[False], child_tally=tallies[True],
        moved_at=at,
    )  # fmt: skip
    test.cursor, test.seen = rows[-1][0], test.seen + len(rows)
    test.open_tally, test.child_tally = tallies[False], tallies[True]
    return bool(moved)


def _end(test: BackTest, at: datetime) -> bool:
    with transaction.atomic():
        if BackTest.objects.filter(pk=test.pk, state="running").update(state="done", finished_at=at, moved_at=at):
            _ended(test, "done", Actor.system("back-test"), at)
    return False


def _hits(rows: Sequence[Any], rule: Ready, against: Ready | None) -> list[_Hit]:
    """The submissions that the version, or the one live now, is true of."""
    found = []
    for row in rows:
        if not row[6]:
            continue
        is_now, was_live = _holds(rule, row[6]), against is not None and _holds(against, row[6])
        if is_now or was_live:
            found.append((row, is_now, was_live))
    decided = Decision.objects.filter(submission_id__in=[row[0] for row, _now, _was in found]).order_by("pk")
    last = {
        pk: (outcome, auto) for pk, outcome, auto in decided.values_list("submission_id", "outcome", "is_automatic")
    }
    return [
        _Hit(row[1], row[2], row[3], row[4], row[7].date().isoformat(), _state(row[5], last.get(row[0])), now, was)
        for row, now, was in found
    ]


def _holds(rule: Ready, features: dict[str, Any]) -> bool:
    try:
        return rule.holds(features)
    except Exception:
        return False


def _state(verdict: str, decision: tuple[str, bool] | None) -> str:
    if decision is None or decision[1]:
        outcome = decision[0] if decision else verdict
        return {"allow": "allowed", "reject": "refused"}.get(outcome, "held")
    return "upheld" if decision[0] == "reject" else "overturned"


def _child_subjects(hits: Sequence[_Hit]) -> set[tuple[str, str]]:
    subjects = Case.objects.filter(is_child=True, subject_id__in={one.subject_id for one in hits})
    return set(subjects.values_list("kind", "subject_id"))


def _tally() -> dict[str, Any]:
    return {"hits": 0, **dict.fromkeys(STATES, 0), "unknown": 0, "added": 0, "dropped": 0, "categories": {},
            "days": {}, "samples": []}  # fmt: skip


def _add(tally: dict[str, Any], hit: _Hit) -> None:
    if not hit.is_now:
        tally["dropped"] += 1
        return
    tally["hits"] += 1
    tally[hit.state] += 1
    tally["added"] += not hit.was_live
    for name, key in (("categories", hit.category or "-"), ("days", hit.day)):
        tally[name][key] = tally[name].get(key, 0) + 1
    # The samples are those whose hashed ids are least: drawn evenly, and the same ones however often it is resumed.
    drawn = hashlib.sha256(hit.public_id.encode()).hexdigest()[:16]
    tally["samples"] = heapq.nsmallest(SAMPLES, [*tally["samples"], [drawn, hit.public_id, hit.state]])


def _switch(test_id: str, before: Sequence[str], after: str, actor: Actor, at: datetime) -> None:
    if not actor.can("rules.edit"):
        raise Forbidden(_("Only safety staff try rules on history."))
    with transaction.atomic():
        test = BackTest.objects.select_related("version__rule").filter(public_id=test_id).first()
        if test is None:
            raise NotFound(_("There is no such back-test."))
        values = {"state": after, "moved_at": at, "error": ""}
        if test.until_pk == 0 and after == "running":
            values["state"] = "waiting"
        if not BackTest.objects.filter(pk=test.pk, state__in=before).update(**values):
            raise Conflict(_("This back-test has ended."))
        if after == "stopped":
            _ended(test, after, actor, at)


def _ended(test: BackTest, how: str, actor: Actor, at: datetime) -> None:
    rule = test.version.rule
    record(
        kind=events.BACK_TEST_ENDED, subject=Subject("rule", rule.public_id), actor=actor, at=at,
        data={"test": test.public_id, "rule": rule.key, "version": test.version.number, "how": how},
    )  # fmt: skip
