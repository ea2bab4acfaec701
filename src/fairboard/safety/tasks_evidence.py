"""Background work on evidence: keep what is due, delete what is past its term, sweep what an interruption left."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from fairboard.kit import clock, limits, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import TooMany
from fairboard.ledger.queries import event_by_number
from fairboard.ledger.services import Subject, record
from fairboard.people.queries import account_record
from fairboard.safety import events, registry, vault
from fairboard.safety.models import Case, Decision, Evidence
from fairboard.safety.services import evidence

log = logging.getLogger("fairboard.safety")
SYSTEM = Actor.system("evidence")
LEFT_OVER = timedelta(days=1)
"""How old a file no row knows must be before it is taken for what an interrupted process left."""


def _account(kind: str, subject_id: str, author_id: str, at: datetime) -> Mapping[str, Any] | None:
    return account_record(author_id)


registry.register_record("account", _account)


@tasks.task("safety.keep_evidence_of")
def keep_evidence_of(event_number: int) -> None:
    """Keep the evidence of the case that was just decided, where it is due."""
    event = event_by_number(event_number)
    if event and event.data.get("case"):
        keep_owed(clock.now(), case_id=str(event.data["case"]))


@tasks.every(minutes=1, name="safety.keep_owed_evidence")
def keep_owed_evidence() -> None:
    """Keep the evidence of every child-safety case that is known of and has none."""
    keep_owed(clock.now())


def keep_owed(at: datetime, case_id: str = "") -> None:
    """Keep what is due; a failure is an alarm on the ledger, once an hour, and is tried again every minute."""
    refused = Decision.objects.filter(case=OuterRef("pk"), outcome="reject")
    kept = Evidence.objects.filter(case=OuterRef("pk"), submission=OuterRef("submission"), kind="submission")
    owed = Case.objects.filter(Q(known_at__isnull=False) | Exists(refused), ~Exists(kept), is_child=True)
    for found in (owed.filter(public_id=case_id) if case_id else owed).order_by("pk")[:100]:
        try:
            evidence.keep(case_id=found.public_id, actor=SYSTEM, at=at)
        except Exception as error:
            log.exception("evidence of case %s could not be kept", found.public_id)
            _raise_alarm(found.public_id, error, at)


def _raise_alarm(case_id: str, error: Exception, at: datetime) -> None:
    try:
        limits.check(f"evidence-owed:{case_id}", limit=1, per_seconds=3600, at=at)
    except TooMany:
        return
    with transaction.atomic():
        record(
            kind=events.EVIDENCE_OWED, subject=Subject("evidence", ""), actor=SYSTEM, at=at,
            data={"error": type(error).__name__},
        )  # fmt: skip


@tasks.every(minutes=60, name="safety.dispose_evidence")
def dispose_evidence() -> None:
    """Delete what is past its term; remove files an interrupted process left without a row."""
    at = clock.now()
    evidence.dispose_due(actor=SYSTEM, at=at)
    known = set(Evidence.objects.values_list("file_name", flat=True))
    for name in vault.names():
        if name not in known and storages["evidence"].get_modified_time(name) < at - LEFT_OVER:
            vault.delete(name)
