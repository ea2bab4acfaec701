"""The kinds of event there are: each declared once, in the room it belongs to, with a sentence."""

from fairboard.kit.actors import Actor

_kinds: dict[str, str] = {}
_guarded: dict[str, str] = {}


def declare(kind: str, sentence: str, *, permission: str = "") -> str:
    """Declare an event kind such as ``market.ad.published``; returns it, so it can be kept as a name.

    With ``permission``, only who holds it learns of such events, beside ``ledger.view``.
    """
    if permission:
        _guarded[kind] = permission
    known = _kinds.setdefault(kind, sentence)
    if known != sentence:
        raise RuntimeError(f"The event kind {kind!r} is declared twice with different sentences.")
    return kind


def hidden_from(actor: Actor) -> list[str]:
    """The kinds an actor who may read the ledger must not learn of."""
    return sorted(kind for kind, permission in _guarded.items() if not actor.can(permission))


def is_declared(kind: str) -> bool:
    """Whether some room declared this kind."""
    return kind in _kinds


def all_kinds() -> dict[str, str]:
    """Every kind with its sentence, for the documentation and the change feed."""
    return dict(sorted(_kinds.items()))
