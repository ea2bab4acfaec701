"""What each scope of a token lets a program do, for the page where tokens are made."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "ads:read": _("Read ads, one's own among them"), "ads:write": _("Post and change ads"),
    "talk:read": _("Read messages"), "talk:write": _("Write messages"), "notices:write": _("Report ads"),
    "account": _("Change the account and its tokens"), "members:read": _("See members"),
    "members:write": _("Change members' roles"), "crm:read": _("Read records"), "crm:write": _("Change records"),
    "crm:import": _("Bring in many records at once"), "crm:export": _("Take many records out"),
    "crm:manage": _("Webhooks and the CRM's setup"), "marketing:read": _("Read campaigns"),
    "marketing:write": _("Change campaigns"), "marketing:send": _("Send mail to customers"),
    "desk:read": _("Read the safety desk"), "desk:write": _("Decide at the safety desk"),
    "safety:manage": _("Manage the safety desk"), "ledger:read": _("Read the ledger"),
}  # fmt: skip


def choices(scopes: tuple[str, ...]) -> list[dict[str, str]]:
    """Scopes with what each is for; one without words stands for itself."""
    return [{"key": one, "text": str(WORDS.get(one, one))} for one in scopes]
