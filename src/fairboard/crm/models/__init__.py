"""The CRM's rows: definitions made in the console, records, who may see them."""

from fairboard.crm.models.access import Profile, Seat, Share, Team, Territory
from fairboard.crm.models.activities import CalendarFeed, Mention
from fairboard.crm.models.deals import StageLog
from fairboard.crm.models.definitions import (
    Definitions,
    Field,
    Layout,
    ObjectType,
    Pipeline,
    RecordType,
    Stage,
    Validation,
)
from fairboard.crm.models.records import Change, Link, Record
from fairboard.crm.models.setup import Recompute

__all__ = [
    "CalendarFeed",
    "Change",
    "Definitions",
    "Field",
    "Layout",
    "Link",
    "Mention",
    "ObjectType",
    "Pipeline",
    "Profile",
    "Recompute",
    "Record",
    "RecordType",
    "Seat",
    "Share",
    "Stage",
    "StageLog",
    "Team",
    "Territory",
    "Validation",
]
