"""Mail into a folder: what leaves a local installation can be read there, and on the console."""

import logging
import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from fairboard.kit.ids import new_id

log = logging.getLogger("fairboard.mail")


class OutboxBackend(BaseEmailBackend):
    """Writes each message as ``<id>.eml`` into the outbox folder and a line about it to the console."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages; returns how many."""
        settings.OUTBOX_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = settings.OUTBOX_DIR / f"{new_id()}.eml"
            path.write_bytes(message.message().as_bytes())
            print(f"mail to {', '.join(message.to)}: {message.subject}  ({path})", file=sys.stderr)
        return len(email_messages)
