"""Keeping indexes for the reports of types with many records."""

from datetime import datetime

from fairboard.crm import indexes
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Report
from fairboard.crm.queries import report_indexes
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.queries.report_definition import read
from fairboard.crm.services.views import is_big
from fairboard.kit.lists import dialect
from fairboard.kit.problems import Invalid


def refresh(*, at: datetime) -> tuple[int, int]:
    """Make the indexes reports of big types lack, drop those no report uses; returns how many of each.

    Views beside them keep theirs. Nothing happens on PostgreSQL.
    """
    if dialect() != "sqlite":
        return 0, 0
    big = {key for key, info in catalogue().types.items() if is_big(info)}
    before, wanted = report_indexes.made(), set()
    for row in Report.objects.filter(type_key__in=big).order_by("pk"):
        if row.definition.get("kind"):
            continue
        try:
            asked = read(row.definition, SYSTEM_SEAT, catalogue().type(row.type_key), at=at)
        except Invalid:
            continue  # it names a field that is gone
        if keys := report_indexes.keys_of(asked):
            name = report_indexes.name_of(asked, keys)
            indexes.make_for(name, asked.info, keys)
            wanted.add(name)
    unused = before - wanted
    for name in unused:
        indexes.drop_named(name)
    return len(wanted - before), len(unused)
