"""The mails of the talk room a member may switch off."""

from django.utils.translation import gettext_lazy as _

from fairboard.people.mail_kinds import declare

MESSAGE_MAIL = declare(
    "talk.message", _("Messages"), _("Somebody answers your ad, or you get an answer. You can reply by mail.")
)
