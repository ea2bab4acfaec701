"""The part of the gate that knows networks: what an ad would join, which earlier texts it resembles.

``look`` reads before the judgement, ``keep`` writes after it in the same transaction. How ties and networks are kept
is in `ties`, `joining` and `copies`; what they mean in `fairboard.screening.networks`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fairboard.safety import copies, joining, seen, ties
from fairboard.safety.batch_view import View, as_first_written, templates_of
from fairboard.safety.models import Submission, TextKey
from fairboard.safety.parts import Context, Judged, Part, Request
from fairboard.safety.signals import DecisionRow
from fairboard.safety.ties import LINKED, Node


def look(requests: Sequence[Request], at: datetime) -> list[Context]:
    """The features ``network``, ``history`` and ``match`` of each request."""
    originals = seen.originals(one for asked in requests for one in _photos(asked))
    keys = [_keys(asked, originals) for asked in requests]
    texts = _texts(requests)
    near = [copies.NOTHING] * len(requests)
    for place, one in zip(texts, copies.nearest(list(texts.values())), strict=True):
        near[place] = one
    view, moment = View.read(requests, keys, near), at.timestamp()
    found: list[Context] = []
    for asked, own, one in zip(requests, keys, near, strict=True):
        template = view.template(one)
        if template is not None:
            own[template] = "template"
        known = _history(one, view.uses.get(template or 0))
        known["match"]["photo_originals"] = [[name, originals[name]] for name in asked.photos if name in originals]
        network: Mapping[str, Any] = {}
        if asked.kind in LINKED:
            network = view.would_join(asked, own, moment).to_features()
            if len(requests) > 1:
                view.write(asked, own, one, moment)
        found.append({"network": network, **known})
    return found


def keep(judged: Sequence[Judged], at: datetime) -> None:
    """Keep the ties and text keys of what was judged, and join what belongs together."""
    originals = _originals(judged)
    nodes = [_node(one, at, originals) for one in judged if one.submission.kind in LINKED]
    nodes = [*_add_templates(judged, nodes), *nodes]
    if any(node.keys for node in nodes):
        joining.keep_nodes(nodes)
        joining.join(nodes, ties.write(nodes))
    texts = _texts([one.request for one in judged])
    copies.remember([(judged[place].submission.pk, _fresh_keys(judged[place], text)) for place, text in texts.items()])


def note_decision(sender: object, decision: DecisionRow, **_more: object) -> None:
    """A person refused or allowed an ad: its network is told."""
    joining.mark_refused([decision.subject_id], is_refused=decision.outcome == "reject")


PART = Part("networks", look, keep)


def _texts(requests: Sequence[Request]) -> dict[int, copies.Text]:
    """The texts of the requests that are compared, by their places."""
    plain = {
        place: copies.in_order({name: one.text for name, one in asked.prepared.normalized.items()})
        for place, asked in enumerate(requests)
        if asked.prepared is not None and asked.kind in LINKED
    }
    keys = copies.keys_of_many(list(plain.values()))
    return {
        place: copies.Text(asked.subject_id, asked.author.id if asked.author else "", asked.place, plain[place], own)
        for (place, asked), own in zip(((place, requests[place]) for place in plain), keys, strict=True)
    }


def _photos(asked: Request) -> list[seen.Photo]:
    return seen.photos_of(asked.photos, asked.photo_hashes) if asked.kind in LINKED else []


def _originals(judged: Sequence[Judged]) -> dict[str, int]:
    """The key of each photo that can be compared; those that resemble none before become originals."""
    photos = [photo for one in judged for photo in _photos(one.request)]
    known = [pair for one in judged for pair in one.result.features.get("match", {}).get("photo_originals", ())]
    return seen.settle(photos, dict(known))


def _keys(asked: Request, originals: Mapping[str, int]) -> dict[int, str]:
    if asked.kind not in LINKED:
        return {}
    contacts = asked.prepared.contacts if asked.prepared else ()
    return ties.keys_in(
        contacts=((one.kind, one.value) for one in contacts), photos=asked.photos, given=asked.ties,
        originals=originals, author=asked.author.id if asked.author else "",
    )  # fmt: skip


def _history(near: copies.Near, use: ties.Use | None) -> dict[str, dict[str, Any]]:
    """What is known of texts like one; the counts of its template where there is one."""
    return {
        "history": {
            "similar": max(len(near.subjects), use.ads if use else 0),
            "similar_members": max(len(near.members), use.members if use else 0),
            "similar_places": max(len(near.places), use.places if use else 0),
        },
        "match": {"template_similarity": near.similarity, "resembles": near.subject_id},
    }


def _node(one: Judged, at: datetime, originals: Mapping[str, int]) -> Node:
    submission = one.submission
    keys = ties.keys_in(
        contacts=((each["kind"], each["value"]) for each in submission.contacts), photos=submission.photos,
        given=one.request.ties, originals=originals, author=submission.author_id,
    )  # fmt: skip
    return Node(
        submission.kind, submission.subject_id, submission.author_id, submission.place, at, keys,
        submission.verdict == "reject", submission.revision == 1,
    )  # fmt: skip


def _add_templates(judged: Sequence[Judged], nodes: Sequence[Node]) -> list[Node]:
    """Give each ad that resembles an earlier one that one's template; returns the earlier ones new to a template."""
    wanted = {
        one.submission.subject_id: str(one.result.features.get("match", {}).get("resembles", "")) for one in judged
    }
    return name_templates(
        {one: other for one, other in wanted.items() if other}, {one.subject_id: one for one in nodes}
    )


def name_templates(resembles: dict[str, str], nodes: dict[str, Node]) -> list[Node]:
    """Tie ads (by id, in their order) to the template of the ad each resembles, named after the first of them.

    Returns the ads that were not in ``nodes`` and now are the first of a template.
    """
    if not resembles:
        return []
    known = templates_of(set(resembles.values()))
    for other in (set(resembles.values()) - known.keys()) & nodes.keys():
        own = [key for key, kind in nodes[other].keys.items() if kind == "template"]
        if own:
            known[other] = own[0]
    earlier = as_first_written(set(resembles.values()) - known.keys() - nodes.keys())
    firsts: dict[str, Node] = {}
    for subject, other in resembles.items():
        if other not in known:
            first = nodes.get(other) or earlier.get(other)
            if first is None:
                continue
            known[other] = ties.key_of("template", other)
            first.keys[known[other]] = "template"
            if other not in nodes:
                firsts[other] = first
        known[subject] = known[other]
        nodes[subject].keys[known[other]] = "template"
    return list(firsts.values())


def _fresh_keys(one: Judged, text: copies.Text) -> tuple[int, ...]:
    """The keys of a text that its own ad does not have yet: an edit leaves only what is new in it."""
    return text.keys if one.submission.revision == 1 else missing_keys(one.submission, text.keys)


def missing_keys(one: Submission, keys: tuple[int, ...]) -> tuple[int, ...]:
    """Those of the text keys of a submission that neither it nor an earlier one of its ad is found by."""
    if not keys:
        return keys
    same = Submission.objects.filter(kind=one.kind, subject_id=one.subject_id, revision__lte=one.revision)
    held = TextKey.objects.filter(key__in=keys, submission__in=list(same.values_list("pk", flat=True)))
    known = set(held.values_list("key", flat=True))
    return tuple(key for key in keys if key not in known)
