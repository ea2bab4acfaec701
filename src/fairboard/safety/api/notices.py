"""Reports over the API."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router, Status

from fairboard.filters import Condition
from fairboard.kit import clock
from fairboard.kit.problems import NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import visitor
from fairboard.safety.queries.notices import notice_state
from fairboard.safety.schemas import (
    NoticeIn,
    NoticeOut,
)
from fairboard.safety.services.notices import file_notice

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
OPEN = Condition("state", "eq", "open")


@router.post("/notices", response={201: NoticeOut, PROBLEMS: ProblemOut})
def report(request: HttpRequest, notice: NoticeIn) -> Any:
    """Say that something is wrong; anybody may. The id in the answer is the receipt."""
    return Status(201, file_notice(
        subject_kind=notice.subject_kind, subject_id=notice.subject_id, reporter=visitor(request),
        reporter_email=notice.email, kind=notice.kind, text=notice.text, at=clock.now(), name=notice.name,
        location=notice.location, good_faith=notice.good_faith,
    ))  # fmt: skip


@router.get("/notices/{receipt}", response={200: NoticeOut, PROBLEMS: ProblemOut})
def read_notice(request: HttpRequest, receipt: str = ID) -> Any:
    """Where a report stands, for whoever holds its receipt."""
    found = notice_state(receipt)
    if found is None:
        raise NotFound(_("There is no such report."))
    return found
