"""What is refused for an account on hold, and until a business is known: by any way a record can be written."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Record
from fairboard.crm.queries.standing import KYC_NAMES, accounts_of, missing_steps
from fairboard.crm.services.standing import require_clear
from fairboard.crm.standing import KycNeeded

SOLD = {"quote", "quote_line", "invoice", "campaign_member"}
"""Types of which nothing is created or changed for an account on hold."""
MACHINES = {"automation", "journey", "import", "campaign"}
"""Where writes come from that no person decided one by one."""


def hold_guard(batch: Batch) -> None:
    """Raise OnHold when a batch moves something on for an account on hold."""
    acts: dict[str, list[Written]] = {}
    for row in batch.rows:
        if act := _act(batch, row):
            acts.setdefault(act, []).append(row)
    for act, rows in acts.items():
        found = _accounts(batch.type, rows)
        if found:
            require_clear(accounts=found, act=act, at=batch.at)


def _act(batch: Batch, row: Written) -> str:
    """What a write does that a hold forbids; empty when it may go on."""
    key = batch.type.key
    if key in SOLD and row.changed != {"deleted"}:
        return f"{key}.write"
    if key == "deal" and row.is_new:
        return "deal.create"
    if key == "deal" and {"stage", "pipeline", "amount"} & row.changed:
        lost = row.after.get("is_closed") and not row.after.get("is_won")
        return "" if lost else "deal.advance"
    if batch.source in MACHINES and (batch.source != "import" or not row.is_new):
        return f"{batch.source}.write"
    return ""


def kyc_guard(batch: Batch) -> None:
    """Raise KycNeeded when a deal with a business is won before the business is known."""
    if batch.type.key != "deal":
        return
    won = [row for row in batch.rows if row.after.get("is_won") and ("is_won" in row.changed or row.is_new)]
    if won and batch.source != "import":
        check_known(_accounts(batch.type, won), act="deal.win")


def check_known(accounts: Iterable[int], *, act: str) -> None:
    """Raise KycNeeded naming what is missing of the first business account that is not known."""
    for one in Record.objects.filter(pk__in=list(accounts), record_type="organisation"):
        if lacking := missing_steps(one.pk):
            raise KycNeeded(
                _("%(name)s is not known well enough yet. Missing: %(steps)s.")
                % {"name": one.name, "steps": ", ".join(str(KYC_NAMES[step]) for step in lacking)},
                act=act, account=one.public_id, missing=lacking,
            )  # fmt: skip


def _accounts(info: TypeInfo, rows: Sequence[Written]) -> set[int]:
    """The accounts planned rows are about: those they point to already, and those they will."""
    ids: set[str] = set()
    for relation in info.relations:
        for row in rows:
            value = row.after.get(relation.key)
            ids.update(value if isinstance(value, list) else [value] if value else [])
    aims = Record.objects.filter(public_id__in=ids) if ids else Record.objects.none()
    known = [row.record for row in rows if row.record.pk]
    return {account for found in accounts_of([*aims, *known]).values() for account in found}
