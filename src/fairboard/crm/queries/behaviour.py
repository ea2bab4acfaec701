"""What people did, as numbers to filter by: events on a record's timeline counted over a window of days.

A contact also has what its account did. Every list, segment and report can be filtered by these columns.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairboard.crm.catalogue import TypeInfo
from fairboard.fields import FieldSpec
from fairboard.filters import Column

TYPES = ("account", "contact", "lead")
WINDOWS = (7, 30, 90, 365)
BEHAVIOURS: dict[str, tuple[str, str | Promise]] = {
    "ads_published": ("market.ad.published", _("Ads published")),
    "ads_sold": ("market.ad.sold", _("Ads sold")),
    "feeds": ("market.ads.imported", _("Feeds imported")),
    "answers": ("talk.conversation.started", _("People who answered")),
    "reports": ("safety.notice.filed", _("Reports received")),
    "mails": ("crm.record.created:mail", _("Mails exchanged")),
    "calls": ("crm.record.created:call", _("Calls")),
    "meetings": ("crm.record.created:meeting", _("Meetings")),
    "deals": ("crm.record.created:deal", _("Deals begun")),
}
"""What is counted: the kind of event on a timeline, and what it is called."""


def columns(info: TypeInfo) -> dict[str, Column]:
    """The columns ``did_<behaviour>_<days>`` of a type; none for types that do nothing."""
    if info.key not in TYPES:
        return {}
    found = {}
    for key, (kind, label) in BEHAVIOURS.items():
        for days in WINDOWS:
            name = f"did_{key}_{days}"
            text = str(_("%(what)s in %(days)d days") % {"what": label, "days": days})
            found[name] = Column(FieldSpec(name, text, "number"), _counted(info, kind, days), label=text)
    return found


def _counted(info: TypeInfo, kind: str, days: int) -> dict[str, str]:
    whose = "e.record_id = crm_record.id"
    account = info.fields.get("account")
    if account is not None and account.kind == "relation":
        whose = (
            "e.record_id IN (SELECT crm_record.id UNION ALL SELECT way.target_id FROM crm_link way"
            f" WHERE way.source_id = crm_record.id AND way.field_id = {account.id:d})"
        )
    inner = f"SELECT COUNT(*) FROM crm_timelineentry e WHERE {whose} AND e.kind = '{kind}' AND e.at >="
    return {
        "sqlite": f"({inner} datetime('now', '-{days:d} days'))",
        "postgresql": f"({inner} now() - interval '{days:d} days')",
    }
