"""Reading the company's mailboxes."""

import logging

from django.conf import settings

from fairboard.crm import imap
from fairboard.crm.services.correspondence import DropboxMail
from fairboard.kit import clock, tasks
from fairboard.talk import relay

log = logging.getLogger("fairboard.crm.imap")


@tasks.every(minutes=5, name="crm.mailboxes")
def read_mailboxes() -> None:
    """Take in new mail of every mailbox; one that cannot be reached does not keep the others from being read."""
    for mailbox in imap.mailboxes():
        try:
            imap.read(mailbox, at=clock.now())
        except Exception as error:
            log.warning("%s could not be read: %s", mailbox.name, error)
            imap.failed(mailbox, str(error) or type(error).__name__, at=clock.now())


relay.take_in(lambda: str(settings.CRM_MAIL_DOMAIN), DropboxMail())
