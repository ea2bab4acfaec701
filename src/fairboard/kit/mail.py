"""One way to write a mail: a text template whose first line is the subject."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import get_template
from django.utils import translation


def send(
    *,
    to: str,
    template: str,
    context: Mapping[str, Any],
    sender: str | None = None,
    reply_to: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    language: str | None = None,
    attachments: Sequence[tuple[str, bytes, str]] = (),
) -> None:
    """Render ``template`` (first line ``Subject: ...``) in ``language`` and hand it to the mail backend.

    ``attachments`` are file names with contents and media types.

    Call it from a task: a slow mail server must not hold up a page. Raises OSError or
    smtplib.SMTPException when the server refuses, so that the task is seen to have failed.
    """
    values = {**context, "site_name": settings.SITE_NAME, "base_url": settings.BASE_URL}
    with translation.override(language or settings.LANGUAGE_CODE):
        text = get_template(template).render(values)
    first, _, body = text.lstrip().partition("\n")
    subject = first.removeprefix("Subject:").strip()
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        from_email=sender or settings.DEFAULT_FROM_EMAIL,
        to=[to],
        reply_to=list(reply_to),
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    for name, content, kind in attachments:
        message.attach(name, content, kind)
    message.send()
