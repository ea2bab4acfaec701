"""The kinds of event the people room writes."""

from fairboard.ledger.kinds import declare

JOINED = declare("people.member.joined", "Somebody became a member.")
ROLE_CHANGED = declare("people.member.role_changed", "A member's role was changed.")
GRANTS_CHANGED = declare(
    "people.member.grants_changed", "What somebody of the desk may do beyond their role was changed."
)
LANGUAGE_CHANGED = declare("people.member.language_changed", "A member chose another language.")
MAILS_CHOSEN = declare("people.member.mails_chosen", "A member chose which mails they get.")
COPY_ASKED = declare("people.copy.asked", "A member asked for a copy of their data.")
COPY_READY = declare("people.copy.ready", "A copy of a member's data was made.")
COPY_TAKEN = declare("people.copy.taken", "A member downloaded the copy of their data.")
ERASURE_ASKED = declare("people.erasure.asked", "A member asked for the erasure of their account.")
ERASURE_CANCELLED = declare("people.erasure.cancelled", "A member changed their mind about the erasure.")
ERASURE_HELD = declare("people.erasure.held", "An erasure waits because a legal hold keeps the data.")
ERASED = declare("people.member.erased", "A member's account was erased.")
TOKEN_CREATED = declare("people.token.created", "A key for the API was made.")
TOKEN_REVOKED = declare("people.token.revoked", "A key for the API was taken back.")
LINK_CREATED = declare("people.link.created", "A one-time sign-in link was made.")
LINK_USED = declare("people.link.used", "A one-time sign-in link was used.")
