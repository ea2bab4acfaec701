"""Who of the desk may see what: child-safety cases are a permission of their own."""

from django.db.models import QuerySet

from fairboard.kit.actors import Actor
from fairboard.safety.models import Case, Submission


def visible_cases(actor: Actor) -> "QuerySet[Case]":
    """The cases an actor of the desk may know of; counts, lists, exports and pages all start from these."""
    if not actor.can("desk.view"):
        return Case.objects.none()
    return Case.objects.all() if actor.can("desk.child") else Case.objects.filter(is_child=False)


def is_child(*, kind: str, subject_id: str) -> bool:
    """Whether a subject was ever part of a child-safety case."""
    return Case.objects.filter(kind=kind, subject_id=subject_id, is_child=True).exists()


def may_see(*, kind: str, subject_id: str, actor: Actor) -> bool:
    """Whether somebody of the desk may see what a subject says and shows, beyond what everybody sees."""
    if not actor.can("desk.view"):
        return False
    return actor.can("desk.child") or not is_child(kind=kind, subject_id=subject_id)


def visible_submissions(actor: Actor) -> "QuerySet[Submission]":
    """The submissions an actor of the desk may read."""
    if not actor.can("desk.view"):
        return Submission.objects.none()
    if actor.can("desk.child"):
        return Submission.objects.all()
    return Submission.objects.exclude(subject_id__in=Case.objects.filter(is_child=True).values("subject_id"))
