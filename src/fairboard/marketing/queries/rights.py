"""Who may write mailings and who may send them: the role opens the room, the profile of the CRM lets one send."""

from fairboard.crm.queries.access import seat_of
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden


def may_send(actor: Actor) -> bool:
    """Whether an actor may set mailings to go out, and change what all of them keep to."""
    return actor.can("marketing.use") and seat_of(actor).may("send")


def require_send(actor: Actor) -> None:
    """Raise Forbidden for who may not."""
    if not may_send(actor):
        raise Forbidden
