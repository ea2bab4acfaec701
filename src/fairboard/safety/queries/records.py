"""What the desk is told beside a case: the author's record, what it resembles, who reported it."""

from dataclasses import dataclass
from datetime import datetime

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety.models import Notice
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.reporters import ReporterRow, records_for
from fairboard.safety.queries.strikes import ResemblanceRow, Suggestion, resemblances, suggestion_for


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """A notice of a case with the record of who sent it; ``flagger`` names the trusted flagger it came from."""

    id: str
    kind: str
    flagger: str
    weight: int
    repeats: int
    text: str
    location: str
    good_faith: bool
    reporter: ReporterRow | None


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """Everything `templates/safety/parts/record.html` shows."""

    suggestion: Suggestion | None
    resemblances: list[ResemblanceRow]
    notices: list[NoticeRecord]


def case_record(*, case_id: str, actor: Actor, at: datetime) -> CaseRecord:
    """The records beside a case; raises Forbidden, NotFound (also for a case one may not know of)."""
    if not actor.can("desk.view"):
        raise Forbidden
    case = visible_cases(actor).select_related("submission").filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    records = records_for(case=case, actor=actor, at=at)
    notices = Notice.objects.filter(case=case).select_related("flagger").order_by("pk")
    return CaseRecord(
        suggestion_for(case=case, actor=actor, at=at), resemblances(submission_id=case.submission_id, actor=actor),
        [
            NoticeRecord(
                one.public_id, one.kind, one.flagger.name if one.flagger else "", one.weight, one.repeats,
                one.text, one.location, one.good_faith, records.get(one.public_id),
            )
            for one in notices
        ],
    )  # fmt: skip
