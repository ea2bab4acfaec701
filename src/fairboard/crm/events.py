"""The events of the CRM. None carries what was written: `crm_change` keeps that, and can be erased."""

from fairboard.ledger.kinds import declare

CREATED = declare("crm.record.created", "A record was created.")
CHANGED = declare("crm.record.changed", "Fields of a record were changed; their names are in the data.")
DELETED = declare("crm.record.deleted", "A record was put into the bin.")
RESTORED = declare("crm.record.restored", "A record was taken out of the bin.")
PURGED = declare("crm.record.purged", "A record was removed for good.")
DEFINED = declare("crm.definition.changed", "An object type, field, layout, pipeline or validation was changed.")
ACCESS = declare("crm.access.changed", "A profile, seat, team, territory or share was changed.")
STANDARD = declare("crm.standard.installed", "The packaged object types were added.")
HOLD_REFUSED = declare("crm.hold.refused", "Something was to be done with an account on hold, and was refused.")
MEMBER_TIED = declare("crm.member.tied", "A member was tied to an account.")
MEMBER_UNTIED = declare("crm.member.untied", "A member was taken off an account.")
STANDING = declare("crm.standing.changed", "The standing of an account changed.")
STANDING_SEEN = declare("crm.standing.seen", "Somebody opened an account whose standing is not clear.")
KYC = declare("crm.kyc.step", "A step of knowing a business customer was recorded, confirmed or taken back.")
SIGNAL = declare("crm.signal.raised", "Somebody of sales raised a signal about an account to safety.")
SIGNAL_ANSWERED = declare("crm.signal.answered", "Safety answered a signal about an account.")
KYC_REFUSED = declare("crm.kyc.refused", "A deal or feed of an account was refused until its business is known.")
