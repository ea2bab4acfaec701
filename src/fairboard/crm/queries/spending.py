"""What accounts paid: their paid invoices."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import connection

from fairboard.crm import sql
from fairboard.crm.catalogue import catalogue
from fairboard.kit.lists import dialect


def spent(accounts: Collection[int], *, since: datetime, until: datetime) -> dict[int, Decimal]:
    """The sum of the invoices of each account paid in a span of days, in the company's currency."""
    info = catalogue().type("invoice")
    if not accounts:
        return {}
    columns = {
        key: sql.expressions(info.field(key), "crm_record")[dialect()] for key in ("amount", "status", "paid_on")
    }
    marks = ", ".join(f"{one:d}" for one in accounts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT way.target_id, SUM({columns['amount']}) FROM crm_link way"
            f" JOIN crm_record ON crm_record.id = way.source_id"
            f" WHERE way.field_id = {info.field('account').id:d} AND way.target_id IN ({marks})"
            f" AND {sql.alive(info)} AND {columns['status']} = 'paid'"
            f" AND {columns['paid_on']} > %s AND {columns['paid_on']} <= %s GROUP BY way.target_id",
            [since.date().isoformat(), until.date().isoformat()],
        )
        return {account: Decimal(str(amount or 0)) for account, amount in cursor.fetchall()}
