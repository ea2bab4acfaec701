"""Market figures of accounts: worked out from the market, talk, safety and invoices, never typed in."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from fairboard.crm import formulas
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record
from fairboard.crm.queries.spending import spent
from fairboard.crm.queries.standing import members_of
from fairboard.kit import bulk
from fairboard.ledger.queries import last_acts
from fairboard.market.queries.figures import SellerFigures, seller_figures
from fairboard.safety.queries.notices import reports_received
from fairboard.talk.queries.figures import AnswerFigures, answer_figures

CHUNK = 200
WINDOWS = (30, 90, 365)


def refresh(accounts: Collection[int], *, at: datetime) -> int:
    """Work out the figures of accounts anew; returns how many changed. Not an event: they follow from others."""
    changed = 0
    ordered = sorted(accounts)
    for start in range(0, len(ordered), CHUNK):
        changed += _refresh(ordered[start : start + CHUNK], at)
    return changed


def refresh_all(*, at: datetime, after: int = 0) -> int:
    """Work out the figures of the next accounts; returns the last one's row, 0 when none is left."""
    info = catalogue().type("account")
    rows = list(
        Record.objects.filter(type_id=info.id, deleted_at=None, pk__gt=after).order_by("pk")
        .values_list("pk", flat=True)[:CHUNK]
    )  # fmt: skip
    _refresh(rows, at)
    return rows[-1] if rows else 0


def _refresh(accounts: Sequence[int], at: datetime) -> int:
    info = catalogue().type("account")
    members = members_of(accounts)
    everybody = [one for found in members.values() for one in found]
    selling, answering = seller_figures(everybody, at=at), answer_figures(everybody)
    reported, seen = reports_received(everybody), last_acts(everybody)
    spending = {days: spent(accounts, since=at - timedelta(days=days), until=at) for days in WINDOWS}
    with transaction.atomic():
        changed = []
        for row in Record.objects.select_for_update().filter(pk__in=accounts, type_id=info.id):
            own = members.get(row.pk, [])
            found = _figures(
                [selling[one] for one in own if one in selling], [answering[one] for one in own if one in answering]
            )
            found["members"] = len(own)
            found["reports_received"] = sum(reported.get(one, 0) for one in own)
            moments = [seen[one] for one in own if one in seen]
            found["last_seen"] = max(moments).isoformat(timespec="seconds") if moments else None
            for days, amounts in spending.items():
                found[f"spend_{days}"] = _plain(amounts.get(row.pk, Decimal(0)))
            if _set(row, found):
                formulas.work_out(info, row.data, is_new=False)
                row.version, row.updated_at = row.version + 1, at
                changed.append(row)
        bulk.update(changed, ["data", "version", "updated_at"])
    return len(changed)


def _figures(selling: list[SellerFigures], answering: list[AnswerFigures]) -> dict[str, Any]:
    total = sum(one.ads_total for one in selling)
    hours = [one.response_hours for one in answering if one.response_hours is not None]
    conversations = sum(one.conversations for one in answering)
    return {
        "ads_live": sum(one.ads_live for one in selling),
        "ads_total": total,
        "replies_per_ad": round(conversations / total, 2) if total else None,
        "response_hours": round(sum(hours) / len(hours), 1) if hours else None,
    }


def _plain(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _set(row: Record, found: dict[str, Any]) -> bool:
    before = {key: row.data.get(key) for key in found}
    if before == found:
        return False
    for key, value in found.items():
        if value is None:
            row.data.pop(key, None)
        else:
            row.data[key] = value
    return True
