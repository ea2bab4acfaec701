"""From a decision and its submission to the facts a statement is built from."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from fairboard.safety import registry, statements
from fairboard.safety.models import Decision, Notice
from fairboard.screening import policies

log = logging.getLogger("fairboard.safety")


def statement_of(
    decision: Decision, *, until: datetime | None = None, notices: Sequence[Notice] = ()
) -> dict[str, Any]:
    """The statement of reasons of a decision that is about to be kept; empty where none is due.

    When what staff wrote cannot be freed of contact details, the policy's own words stand in for it.
    """
    if not statements.needed(decision.actions):
        return {}
    submission = decision.submission
    flagger = next((one.flagger for one in notices if one.flagger), None)
    described = None if decision.is_automatic else registry.describe(submission.kind, submission.subject_id)
    facts: dict[str, Any] = {
        "puid": decision.public_id, "policy": decision.policy, "actions": decision.actions, "at": decision.at,
        "submitted_at": min(submission.submitted_at, decision.at), "kind": submission.kind,
        "category": submission.category, "has_photos": bool(submission.photos), "until": until,
        "is_automatic": decision.is_automatic,
        "messages": [one["message"] for one in submission.reasons] if submission.verdict != "allow" else [],
        "source": "flagger" if flagger else ("notice" if notices else "own"),
        "source_identity": flagger.name if flagger else "",
        "language": str(submission.features.get("text", {}).get("language", "")),
        "country": submission.country,
        "terms_url": settings.BASE_URL + "/rules",
        "names": [described.author_name] if described else [],
        "contacts": [text for one in submission.contacts for text in (one["raw"], one["value"])],
    }  # fmt: skip
    try:
        return statements.build(statements.Facts(**facts, reason_text=decision.reason_text))
    except ValueError:
        log.warning("the reasons of decision %s are replaced by its policy's in the statement", decision.public_id)
        policy = policies().get(decision.policy)
        return statements.build(statements.Facts(**facts, reason_text=policy.explanation if policy else ""))
