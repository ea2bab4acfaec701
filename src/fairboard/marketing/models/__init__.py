"""What the marketing room keeps, one file a subject."""

from fairboard.marketing.models.automations import AutomationMailing, AutomationSend
from fairboard.marketing.models.campaigns import CampaignMailing
from fairboard.marketing.models.consents import ConfirmLink, Consent, ConsentNow, Topic
from fairboard.marketing.models.feedback import Feedback
from fairboard.marketing.models.forms import Form, FormSubmission, FormViews
from fairboard.marketing.models.journeys import Journey, JourneyMail, JourneyRun, JourneyStay, JourneyVersion
from fairboard.marketing.models.mailings import Delivery, Mailing
from fairboard.marketing.models.scoring import ScoreRule
from fairboard.marketing.models.segments import Segment, SegmentMember, Snapshot, SnapshotMember
from fairboard.marketing.models.suppressions import Suppression
from fairboard.marketing.models.templates import Template, TemplateText

__all__ = [
    "AutomationMailing",
    "AutomationSend",
    "CampaignMailing",
    "ConfirmLink",
    "Consent",
    "ConsentNow",
    "Delivery",
    "Feedback",
    "Form",
    "FormSubmission",
    "FormViews",
    "Journey",
    "JourneyMail",
    "JourneyRun",
    "JourneyStay",
    "JourneyVersion",
    "Mailing",
    "ScoreRule",
    "Segment",
    "SegmentMember",
    "Snapshot",
    "SnapshotMember",
    "Suppression",
    "Template",
    "TemplateText",
    "Topic",
]
