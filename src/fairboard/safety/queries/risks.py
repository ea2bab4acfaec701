"""Risk assessments: their versions, one of them, and as a file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety import risks
from fairboard.safety.models import RiskAssessment


@dataclass(frozen=True, slots=True)
class RiskRow:
    """The risk of one kind of content; ``level`` is likelihood times impact, 1 to 16."""

    kind: str
    label: str
    likelihood: int
    impact: int
    level: int
    measures: str
    evidence: str


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One version of an assessment."""

    id: str
    regime: str
    label: str
    law: str
    version: int
    owner: str
    review_on: date
    is_overdue: bool
    written_by_name: str
    at: datetime
    summary: str
    rows: tuple[RiskRow, ...]


def assessments(*, actor: Actor, at: datetime) -> list[AssessmentRow]:
    """Every version, the newest first; raises Forbidden without ``metrics.view``."""
    if not actor.can("metrics.view"):
        raise Forbidden
    newest: dict[str, int] = {}
    found = []
    for one in RiskAssessment.objects.order_by("-pk"):
        newest.setdefault(one.regime, one.version)
        found.append(_row(one, at, is_newest=newest[one.regime] == one.version))
    return found


def assessment(*, assessment_id: str, actor: Actor, at: datetime) -> AssessmentRow:
    """One version; raises Forbidden, NotFound."""
    if not actor.can("metrics.view"):
        raise Forbidden
    one = RiskAssessment.objects.filter(public_id=assessment_id).first()
    if one is None:
        raise NotFound
    newer = RiskAssessment.objects.filter(regime=one.regime, version__gt=one.version).exists()
    return _row(one, at, is_newest=not newer)


def newest(*, regime: str, actor: Actor, at: datetime) -> AssessmentRow | None:
    """The version in force, to write the next one from; None when there is none yet."""
    if not actor.can("metrics.view"):
        raise Forbidden
    one = RiskAssessment.objects.filter(regime=regime).order_by("-version").first()
    return _row(one, at, is_newest=True) if one else None


def as_file(row: AssessmentRow) -> dict[str, Any]:
    """A version as JSON-ready values, for a regulator who asks for it."""
    return {
        "id": row.id, "regime": row.regime, "law": row.law, "version": row.version, "owner": row.owner,
        "adopted_at": row.at.isoformat(), "review_on": row.review_on.isoformat(), "summary": row.summary,
        "scale": {number: str(label) for number, label in risks.LEVELS.items()},
        "risks": [
            {"kind": one.kind, "label": one.label, "likelihood": one.likelihood, "impact": one.impact,
             "measures": one.measures, "evidence": one.evidence}
            for one in row.rows
        ],
    }  # fmt: skip


def _row(one: RiskAssessment, at: datetime, *, is_newest: bool) -> AssessmentRow:
    regime = risks.BY_KEY[one.regime]
    labels = risks.KINDS[one.regime]
    rows = tuple(
        RiskRow(
            row["kind"], str(labels.get(row["kind"], row["kind"])), row["likelihood"], row["impact"],
            row["likelihood"] * row["impact"], row["measures"], row["evidence"],
        )
        for row in one.rows
    )  # fmt: skip
    return AssessmentRow(
        one.public_id, one.regime, str(regime.label), regime.law, one.version, one.owner, one.review_on,
        is_newest and one.review_on <= at.date(), one.written_by_name, one.at, one.summary, rows,
    )  # fmt: skip
