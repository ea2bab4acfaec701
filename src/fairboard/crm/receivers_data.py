"""What data in and out does with every write: duplicates are asked about, what they are found by is kept."""

from fairboard.crm import hooks
from fairboard.crm.services import duplicates, match_keys

hooks.before_write(duplicates.ask_first)
hooks.on_written(match_keys.keep)
