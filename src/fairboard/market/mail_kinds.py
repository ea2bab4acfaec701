"""The mails of the market a member may switch off."""

from django.utils.translation import gettext_lazy as _

from fairboard.people.mail_kinds import declare

EXPIRY_MAIL = declare(
    "market.expiry", _("My ads end soon"), _("Three days before an ad ends, with a link that renews it in a tap.")
)
