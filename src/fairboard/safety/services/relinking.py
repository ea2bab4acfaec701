"""Ties, text keys and networks rebuilt from the submissions, while the market goes on.

Nothing is cleared first: each batch of submissions is compared with what is kept of it and only what differs is
written, in a transaction of its own. Interrupted at any moment, it goes on with the batch it was at; run again, it
finds nothing to do. Networks are then regrouped by the batch of `fairboard.insight`. Devices and payment instruments
are not in the submissions: their ties stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.ledger.services import Subject, record
from fairboard.safety import copies, events, joining, networks, photo_index, seen, ties
from fairboard.safety.models import Decision, LinkState, NetworkMember, Submission, TextKey, Tie
from fairboard.safety.services.regrouping import Regrouped, regroup
from fairboard.screening.networks import EVIDENCE
from fairboard.screening.pipeline import LONGEST

BATCH = 500
FROM_TEXT = frozenset(EVIDENCE) - ties.GIVEN - {"template"}
"""Kinds of tie that one submission alone decides."""
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Relinked:
    """What rebuilding found: submissions gone over, ties added and removed, and the networks there are now."""

    submissions: int
    added: int
    removed: int
    networks: int
    largest: int
    moved: int


def relink(*, actor: Actor, at: datetime, tell: Tell = lambda what, done, total: None) -> Relinked:
    """Rebuild everything about networks from the submissions; raises Forbidden.

    ``tell`` is called with what is being done, how much of it and of how much.
    """
    if not actor.can("desk.lead"):
        raise Forbidden
    state = LinkState.objects.get_or_create(pk=1, defaults={"texts": copies.VERSION})[0]
    if state.texts != copies.VERSION:
        _forget_texts(state)
    photo_index.reindex(seen.SOURCE, tell)
    wanted = Submission.objects.filter(kind__in=ties.LINKED)
    total, count, added, removed = wanted.count(), wanted.filter(pk__lte=state.done).count(), 0, 0
    while rows := list(wanted.filter(pk__gt=state.done).order_by("pk")[:BATCH]):
        with transaction.atomic():
            more, fewer = _repair(rows)
            state.done = rows[-1].pk
            state.save(update_fields=["done"])
        added, removed, count = added + more, removed + fewer, count + len(rows)
        tell("Ties", count, max(total, count))
    found = regroup(tell)
    _finish(state, found, actor, at)
    return Relinked(count, added, removed, found.networks, found.largest, found.moved)


def _finish(state: LinkState, found: Regrouped, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        state.done = 0
        state.save(update_fields=["done"])
        record(
            kind=events.RELINKED, subject=Subject("gate", "networks"), actor=actor, at=at,
            data={"networks": found.networks, "largest": found.largest, "moved": found.moved},
        )  # fmt: skip


def _forget_texts(state: LinkState) -> None:
    """Text keys and templates of an earlier version, in steps that let others write between them."""
    for model in (TextKey, Tie):
        old = TextKey.objects.all() if model is TextKey else Tie.objects.filter(kind="template")
        while numbers := list(old.order_by("pk").values_list("pk", flat=True)[: 10 * BATCH]):
            for start in range(0, len(numbers), BATCH):
                old.filter(pk__in=numbers[start : start + BATCH]).delete()
    state.done, state.texts = 0, copies.VERSION
    state.save()


def _repair(rows: Sequence[Submission]) -> tuple[int, int]:
    """Bring what is kept of some submissions in line with them; how many ties were added and removed."""
    subjects = list(dict.fromkeys(one.subject_id for one in rows))
    nodes: dict[str, ties.Node] = {}
    first_of = _all_of(subjects)
    originals = seen.originals(
        photo for versions in first_of.values() for one in versions
        for photo in seen.photos_of(one.photos, one.photo_hashes)
    )  # fmt: skip
    for subject, versions in first_of.items():
        one = versions[0]
        nodes[subject] = ties.Node(one.kind, subject, one.author_id, one.place, one.submitted_at, {}, is_new=False)
        for version in versions:
            nodes[subject].keys.update(_keys(version, originals))
    removed = _remove_others(nodes)
    _templates(rows, nodes)
    joining.keep_nodes(list(nodes.values()))
    added = _add_missing(list(nodes.values()))
    _mark_refused(subjects)
    return added, removed


def _all_of(subjects: Sequence[str]) -> dict[str, list[Submission]]:
    found: dict[str, list[Submission]] = {}
    for one in Submission.objects.filter(kind__in=ties.LINKED, subject_id__in=subjects).order_by("revision"):
        found.setdefault(one.subject_id, []).append(one)
    return found


def _keys(one: Submission, originals: Mapping[str, int]) -> dict[int, str]:
    contacts = ((each["kind"], each["value"]) for each in one.contacts)
    return ties.keys_in(contacts=contacts, photos=one.photos, originals=originals, author=one.author_id)


def _remove_others(nodes: Mapping[str, ties.Node]) -> int:
    """Ties their ad does not have by the present rules: another key, another spelling."""
    held = Tie.objects.filter(subject_id__in=list(nodes), kind__in=FROM_TEXT).values_list("pk", "subject_id", "key")
    wrong = [pk for pk, subject, key in held if key not in nodes[subject].keys]
    for start in range(0, len(wrong), ties.CHUNK):
        Tie.objects.filter(pk__in=wrong[start : start + ties.CHUNK]).delete()
    return len(wrong)


def _templates(rows: Sequence[Submission], nodes: dict[str, ties.Node]) -> None:
    """Text keys that are missing, and the template of each text that resembles one before it, whose ad is added."""
    for one in rows:
        plain = copies.plain_text({name: text[:LONGEST] for name, text in one.fields.items()})
        keys = copies.keys_of_many([plain])[0]
        text = copies.Text(one.subject_id, one.author_id, one.place, plain, keys)
        near = copies.nearest([text], before=one.pk)[0]
        if near.subject_id:
            firsts = networks.name_templates({one.subject_id: near.subject_id}, nodes)
            nodes.update({first.subject_id: first for first in firsts})
        copies.remember([(one.pk, networks.missing_keys(one, keys))])


def _add_missing(nodes: Sequence[ties.Node]) -> int:
    fresh = ties.unknown(nodes)
    ties.add(fresh)
    return sum(len(keys) for _node, keys in fresh)


def _mark_refused(subjects: Sequence[str]) -> None:
    """An ad counts as refused when the last decision of it was a refusal."""
    decided = Decision.objects.filter(submission__kind__in=ties.LINKED, submission__subject_id__in=subjects)
    last = dict(decided.order_by("pk").values_list("submission__subject_id", "outcome"))
    for is_refused in (True, False):
        chosen = [one for one in subjects if (last.get(one) == "reject") is is_refused]
        NetworkMember.objects.filter(subject_id__in=chosen).exclude(is_refused=is_refused).update(is_refused=is_refused)
