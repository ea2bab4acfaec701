"""Where reports stand."""

from typing import Any

from fairboard.safety.models import Decision, Notice


def notice_state(receipt: str) -> dict[str, Any] | None:
    """Where a notice stands, for whoever holds its receipt."""
    notice = Notice.objects.select_related("case").filter(public_id=receipt).first()
    if notice is None:
        return None
    decision = Decision.objects.filter(case=notice.case).order_by("-pk").first()
    return {
        "id": notice.public_id,
        "state": notice.case.state,
        "at": notice.at,
        "outcome": decision.outcome if decision else "",
    }
