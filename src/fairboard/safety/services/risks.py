"""Writing down a risk assessment: every save is a new version, none is ever changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, risks
from fairboard.safety.models import RiskAssessment


def adopt(
    *, regime: str, rows: Sequence[Mapping[str, Any]], summary: str, owner: str, review_on: date | None, actor: Actor,
    at: datetime,
) -> str:  # fmt: skip
    """Keep a new version; returns its public id. Each kind of the regime needs its levels, and its measures when the
    risk is medium or high. Raises Forbidden without ``desk.lead``, Invalid naming each field."""
    if not actor.can("desk.lead"):
        raise Forbidden(_("Only the desk's lead does this."))
    if regime not in risks.BY_KEY:
        raise Invalid(_("There is no such assessment."), field="regime")
    given = {str(row.get("kind")): row for row in rows}
    errors: list[dict[str, str]] = []
    kept = [_checked(kind, given.get(kind, {}), errors) for kind in risks.KINDS[regime]]
    if not owner.strip():
        errors.append({"field": "owner", "message": _("Name who answers for it.")})
    latest = (at + risks.BY_KEY[regime].review).date()
    if review_on is None or not at.date() < review_on <= latest:
        errors.append({"field": "review_on", "message": _("Choose a day within the next twelve months.")})
    if errors or review_on is None:
        raise Invalid(_("The assessment is not complete."), errors=errors)
    with transaction.atomic():
        last = RiskAssessment.objects.filter(regime=regime).aggregate(last=Max("version"))["last"] or 0
        made = RiskAssessment.objects.create(
            regime=regime, version=last + 1, rows=kept, summary=summary.strip()[:20_000], owner=owner.strip()[:120],
            review_on=review_on, written_by=actor.id, written_by_name=actor.name[:80], at=at,
        )  # fmt: skip
        record(
            kind=events.RISK_ADOPTED, subject=Subject("risk", made.public_id), actor=actor, at=at,
            data={"regime": regime, "version": made.version, "review_on": review_on},
        )  # fmt: skip
    return made.public_id


def _checked(kind: str, row: Mapping[str, Any], errors: list[dict[str, str]]) -> dict[str, Any]:
    levels = {}
    for name in ("likelihood", "impact"):
        level = str(row.get(name, ""))
        if level not in {"1", "2", "3", "4"}:
            errors.append({"field": f"{kind}-{name}", "message": _("Choose a level.")})
            level = "1"
        levels[name] = int(level)
    measures = str(row.get("measures", "")).strip()[:10_000]
    if max(levels.values()) >= 3 and len(measures) < 10:
        errors.append({"field": f"{kind}-measures", "message": _("Say what is done about it.")})
    return {"kind": kind, **levels, "measures": measures, "evidence": str(row.get("evidence", "")).strip()[:10_000]}
