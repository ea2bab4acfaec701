"""A typed Python client of Fairboard's API. Stands alone: it imports nothing else of Fairboard."""

from fairboard.client.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, Stale, TooMany
from fairboard.client.jobs import Job, JobResult
from fairboard.client.records import Change, Outcome, Record, Records
from fairboard.client.session import Fairboard
from fairboard.client.webhooks import WebhookEvent, verify_webhook

__all__ = [
    "ApiError", "Change", "Conflict", "Fairboard", "Forbidden", "Invalid", "Job", "JobResult", "NotFound", "Outcome",
    "Record", "Records", "Stale", "TooMany", "WebhookEvent", "verify_webhook",
]  # fmt: skip
