"""What `fairboard doctor` looks at for mailings."""

import smtplib
from email.utils import parseaddr

from django.conf import settings

from fairboard.kit import mail_url


def mailings() -> str:
    """How mailings leave; raises RuntimeError where they cannot, or lack what mailbox providers and the law ask for."""
    sender = parseaddr(settings.MAILING_FROM)[1]
    if "@" not in sender:
        raise RuntimeError("FAIRBOARD_MAILING_FROM is no mail address")
    for url in settings.MAILING_SMTP_URLS:
        server = mail_url.parse(url)
        try:
            with (smtplib.SMTP_SSL if server.use_ssl else smtplib.SMTP)(server.host, server.port, timeout=10) as smtp:
                smtp.ehlo()
        except (OSError, smtplib.SMTPException) as error:
            raise RuntimeError(f"{server.host}:{server.port} does not answer: {error}") from error
    if settings.PRODUCTION and not settings.MAILING_POSTAL_ADDRESS:
        raise RuntimeError("FAIRBOARD_MAILING_POSTAL_ADDRESS is not set: every mailing must name one")
    ways = f"{len(settings.MAILING_SMTP_URLS)} servers" if settings.MAILING_SMTP_URLS else "files in the outbox"
    back = settings.MAILING_BOUNCE_MAILDIR or settings.RELAY_LISTEN
    bounces = f"bounces by {back}" if back else "bounces are not taken in"
    return f"{ways}, from {sender}, {bounces}; SPF, DKIM and DMARC: see /marketing/deliverability"
