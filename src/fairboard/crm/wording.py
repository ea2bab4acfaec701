"""What people call events of the ledger, and the picture each has on a timeline."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fairboard.crm.catalogue import catalogue
from fairboard.ledger.kinds import all_kinds

WORDS: dict[str, str | Promise] = {
    "market.ad.published": _("Ad published"),
    "market.ad.expired": _("Ad expired"),
    "market.ad.sold": _("Sold"),
    "market.ad.withdrawn": _("Ad taken down"),
    "market.ad.renewed": _("Ad renewed"),
    "market.ad.hidden": _("Ad taken out of sight"),
    "market.ads.imported": _("Feed imported"),
    "talk.conversation.started": _("Somebody answered the ad"),
    "people.member.joined": _("Became a member"),
    "safety.notice.filed": _("Report received"),
    "safety.trader.step": _("Trader details"),
    "crm.member.tied": _("Member tied to the account"),
    "crm.member.untied": _("Member taken off the account"),
    "crm.standing.changed": _("Standing changed"),
    "crm.standing.seen": _("Standing seen"),
    "crm.kyc.step": _("Step of knowing the business"),
    "crm.kyc.refused": _("Refused: business not known"),
    "crm.signal.raised": _("Raised to safety"),
    "crm.signal.answered": _("Safety answered"),
    "crm.hold.refused": _("Refused: on hold"),
}
ACTS: dict[str, str | Promise] = {
    "crm.record.created": _("%(type)s created"),
    "crm.record.changed": _("%(type)s changed"),
    "crm.record.deleted": _("%(type)s deleted"),
    "crm.record.restored": _("%(type)s restored"),
}
ICONS = {
    "market.ad.published": "tag", "market.ad.sold": "handshake", "market.ads.imported": "upload",
    "talk.conversation.started": "message-circle", "people.member.joined": "user-plus", "safety.notice.filed": "flag",
    "crm.standing.changed": "shield-check", "crm.hold.refused": "ban", "crm.signal.raised": "shield-alert",
    "crm.kyc.step": "badge-check",
}  # fmt: skip


SAID: dict[tuple[str, bool], str | Promise] = {
    ("mail", True): _("Mail received"),
    ("mail", False): _("Mail sent"),
    ("call", True): _("Call received"),
    ("call", False): _("Call made"),
}


def event_words(kind: str, is_incoming: bool | None = None) -> str:
    """What an event is called; ``kind`` may end in ``:type``. ``is_incoming`` says whether a mail came to us."""
    plain, _colon, type_key = kind.partition(":")
    if is_incoming is not None and (type_key, is_incoming) in SAID:
        return str(SAID[type_key, is_incoming])
    if plain in ACTS:
        info = catalogue().types.get(type_key)
        return str(ACTS[plain]) % {"type": info.label if info else type_key}
    return str(WORDS[plain]) if plain in WORDS else _now(all_kinds().get(plain, plain)).rstrip(".")


def event_icon(kind: str, type_key: str) -> str:
    """The icon of an event."""
    info = catalogue().types.get(type_key)
    return ICONS.get(kind) or (info.icon if info else "activity")
