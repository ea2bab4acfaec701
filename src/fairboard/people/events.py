"""The kinds of event the people room writes."""

from fairboard.ledger.kinds import declare

JOINED = declare("people.member.joined", "Somebody became a member.")
ROLE_CHANGED = declare("people.member.role_changed", "A member's role was changed.")
GRANTS_CHANGED = declare(
    "people.member.grants_changed", "What somebody of the desk may do beyond their role was changed."
)
LANGUAGE_CHANGED = declare("people.member.language_changed", "A member chose another language.")
TOKEN_CREATED = declare("people.token.created", "A key for the API was made.")
TOKEN_REVOKED = declare("people.token.revoked", "A key for the API was taken back.")
LINK_CREATED = declare("people.link.created", "A one-time sign-in link was made.")
LINK_USED = declare("people.link.used", "A one-time sign-in link was used.")
