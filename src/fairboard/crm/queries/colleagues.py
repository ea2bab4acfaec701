"""The people who work with the CRM, and what their names are."""

from collections.abc import Iterable

from fairboard.crm.queries.access import seat_of
from fairboard.kit.actors import Actor
from fairboard.people import queries as people


def colleagues(*, actor: Actor) -> dict[str, str]:
    """Everybody who works with the CRM: names by member id, in their order. Raises Forbidden."""
    seat_of(actor)
    return people.colleagues("crm.use")


def names(ids: Iterable[str]) -> dict[str, str]:
    """The names of members who own or changed something, also of those who left."""
    return people.names_of({one for one in ids if one})
