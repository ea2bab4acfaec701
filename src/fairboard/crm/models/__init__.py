"""The CRM's rows: definitions made in the console, records, who may see them."""

from fairboard.crm.models.access import Profile, Seat, Share, Team, Territory
from fairboard.crm.models.bulk import BulkEdit, BulkRow
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
from fairboard.crm.models.mailboxes import Dropbox, MailFolder
from fairboard.crm.models.market import AccountHold, Follower, KycStep, Signal, StandingSeen, Tie, TimelineEntry
from fairboard.crm.models.records import Change, Link, Record
from fairboard.crm.models.reports import Chart, Dashboard, HomeDashboard, Report, ReportDelivery, ReportMail
from fairboard.crm.models.views import SavedView, Seen

__all__ = [
    "AccountHold",
    "Follower",
    "HomeDashboard",
    "KycStep",
    "Signal",
    "Tie",
    "TimelineEntry",
    "BulkEdit",
    "BulkRow",
    "Change",
    "Chart",
    "Dashboard",
    "Definitions",
    "Dropbox",
    "Field",
    "Layout",
    "Link",
    "MailFolder",
    "ObjectType",
    "Pipeline",
    "Profile",
    "Record",
    "RecordType",
    "Report",
    "ReportDelivery",
    "ReportMail",
    "SavedView",
    "Seat",
    "Seen",
    "Share",
    "Stage",
    "StandingSeen",
    "Team",
    "Territory",
    "Validation",
]
