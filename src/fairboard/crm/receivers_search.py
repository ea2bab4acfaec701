"""Every record written is found from then on."""

from fairboard.crm import hooks
from fairboard.crm.services import search

hooks.on_written(search.keep)
