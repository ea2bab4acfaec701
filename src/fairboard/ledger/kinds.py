"""The kinds of event there are: each declared once, in the room it belongs to, with a sentence."""

_kinds: dict[str, str] = {}


def declare(kind: str, sentence: str) -> str:
    """Declare an event kind such as ``market.ad.published``; returns it, so it can be kept as a name."""
    known = _kinds.setdefault(kind, sentence)
    if known != sentence:
        raise RuntimeError(f"The event kind {kind!r} is declared twice with different sentences.")
    return kind


def is_declared(kind: str) -> bool:
    """Whether some room declared this kind."""
    return kind in _kinds


def all_kinds() -> dict[str, str]:
    """Every kind with its sentence, for the documentation and the change feed."""
    return dict(sorted(_kinds.items()))
