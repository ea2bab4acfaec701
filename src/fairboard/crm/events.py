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
VIEW_SAVED = declare("crm.view.saved", "A view of a list was saved or changed.")
VIEW_DELETED = declare("crm.view.deleted", "A view of a list was deleted.")
BULK_STARTED = declare("crm.bulk.started", "A change of many records was begun; how many is in the data.")
BULK_FINISHED = declare("crm.bulk.finished", "A change of many records came to its end.")
BULK_UNDONE = declare("crm.bulk.undone", "A change of many records was taken back.")
