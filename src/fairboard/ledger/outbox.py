"""Who wants to hear of which events. A room subscribes a task; the delivery commits with the event."""

from fairboard.kit import tasks

_subscribers: dict[str, list[str]] = {}
DELIVER = tasks.expect("ledger.deliver")


def subscribe(kind: str, task: str) -> None:
    """Have the task of this name called with ``event_number`` after each event of this kind."""
    names = _subscribers.setdefault(kind, [])
    if task not in names:
        names.append(tasks.expect(task))


def subscribers(kind: str) -> list[str]:
    """The tasks that hear of this kind."""
    return _subscribers.get(kind, [])


def wake() -> None:
    """Ask for the outbox to be emptied once the running transaction is committed."""
    tasks.enqueue(DELIVER)
