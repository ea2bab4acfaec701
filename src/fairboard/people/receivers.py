"""The people room's own part in copies and erasures."""

from fairboard.people import personal
from fairboard.people.queries_own_data import copies
from fairboard.people.services.own_data import erase_account

personal.register(personal.Contributor("account", copies, erase_account))
