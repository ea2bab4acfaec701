"""Where reports stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from fairboard.safety import appealing
from fairboard.safety.models import Appeal, Decision, Notice


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A report as whoever holds its receipt sees it: never what it is about, only how it stands."""

    id: str
    kind: str
    state: str
    outcome: str
    at: datetime
    decided_at: datetime | None
    can_appeal: bool
    appeal_until: datetime | None
    appeal_state: str
    appeal_answer: str


def notice_state(receipt: str) -> dict[str, Any] | None:
    """Where a notice stands, for whoever holds its receipt."""
    found = receipt_view(receipt)
    if found is None:
        return None
    return {
        "id": found.id, "state": found.state, "at": found.at, "outcome": found.outcome,
        "can_appeal": found.can_appeal, "appeal_until": found.appeal_until, "appeal_state": found.appeal_state,
    }  # fmt: skip


def receipt_view(receipt: str) -> ReceiptView | None:
    """A report with its outcome and what its reporter can do about it; None for an unknown receipt."""
    notice = Notice.objects.select_related("case").filter(public_id=receipt).first()
    if notice is None:
        return None
    is_open = notice.case.state == "open"
    decided = Decision.objects.filter(case=notice.case, outcome__in=["allow", "reject"], carried_out_at__isnull=False)
    decision = None if is_open else decided.order_by("-pk").first()
    appeal = Appeal.objects.filter(notice=notice).order_by("-pk").first()
    return ReceiptView(
        notice.public_id, notice.kind, "open" if decision is None else "decided", decision.outcome if decision else "",
        notice.at, decision.at if decision else None,
        decision is not None and decision.outcome == "allow" and appeal is None,
        appealing.last_moment(decision.at) if decision else None, appeal.state if appeal else "",
        appeal.answer if appeal and appeal.state == "decided" else "",
    )  # fmt: skip


def reports_received(member_ids: Collection[str]) -> dict[str, int]:
    """How many reports came in about what each member published; those about children are not counted here."""
    found = (
        Notice.objects.filter(case__is_child=False, case__submission__author_id__in=member_ids)
        .values_list("case__submission__author_id").annotate(n=Count("pk"))
    )  # fmt: skip
    return dict(found)


def authors_reported(receipts: Collection[str]) -> dict[str, str]:
    """The author of what each notice is about, by receipt; notices about children are left out."""
    found = Notice.objects.filter(public_id__in=receipts, case__is_child=False)
    return dict(found.values_list("public_id", "case__submission__author_id"))
