"""The CRM's rows: definitions made in the console, records, who may see them."""

from fairboard.crm.models.access import Profile, Seat, Share, Team, Territory
from fairboard.crm.models.activities import CalendarFeed, Mention
from fairboard.crm.models.api import Reply
from fairboard.crm.models.automations import Automation, AutomationRun, AutomationStep, AutomationVersion
from fairboard.crm.models.bulk import BulkEdit, BulkRow
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
from fairboard.crm.models.imports import Export, Import, ImportChunk, ImportFile, ImportMapping, ImportProblem
from fairboard.crm.models.jobs import Job
from fairboard.crm.models.mailboxes import Dropbox, MailFolder
from fairboard.crm.models.market import AccountHold, Follower, KycStep, Signal, StandingSeen, Tie, TimelineEntry
from fairboard.crm.models.merging import DuplicatePair, DuplicateScan, MatchKey, Merge, Merged
from fairboard.crm.models.records import Change, Link, Record
from fairboard.crm.models.reports import Chart, Dashboard, HomeDashboard, Report, ReportDelivery, ReportMail
from fairboard.crm.models.setup import Recompute
from fairboard.crm.models.views import SavedView, Seen
from fairboard.crm.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccountHold",
    "Automation",
    "AutomationRun",
    "AutomationStep",
    "AutomationVersion",
    "BulkEdit",
    "BulkRow",
    "CalendarFeed",
    "Change",
    "Chart",
    "Dashboard",
    "Definitions",
    "Dropbox",
    "DuplicatePair",
    "DuplicateScan",
    "Export",
    "Field",
    "Follower",
    "HomeDashboard",
    "Import",
    "ImportChunk",
    "ImportFile",
    "ImportMapping",
    "ImportProblem",
    "Job",
    "KycStep",
    "Layout",
    "Link",
    "MailFolder",
    "MatchKey",
    "Mention",
    "Merge",
    "Merged",
    "ObjectType",
    "Pipeline",
    "Profile",
    "Recompute",
    "Record",
    "RecordType",
    "Reply",
    "Report",
    "ReportDelivery",
    "ReportMail",
    "SavedView",
    "Seat",
    "Seen",
    "Share",
    "Signal",
    "Stage",
    "StageLog",
    "StandingSeen",
    "Team",
    "Territory",
    "Tie",
    "TimelineEntry",
    "Validation",
    "Webhook",
    "WebhookDelivery",
]
