"""The part of the gate that knows networks: what an ad would join, which earlier texts it resembles.

``look`` reads before the judgement, ``keep`` writes after it in the same transaction. How ties and networks are kept
is in `ties`, `joining` and `copies`; what they mean in `fairboard.screening.networks`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from fairboard.safety import copies, joining, seen, ties
from fairboard.safety.models import Submission, TextKey, Tie
from fairboard.safety.parts import Context, Judged, Part, Request
from fairboard.safety.signals import DecisionRow
from fairboard.safety.ties import LINKED, Node
from fairboard.screening.networks import WINDOW, Figures, Post, figures, figures_of, joins, weak_pairs


@dataclass(frozen=True, slots=True)
class Home:
    """Where an ad that holds an identifier is: its network with that one's counts, or alone."""

    subject_id: str
    post: Post
    network: int | None = None
    size: int = 0
    members: int = 0
    places: int = 0
    refused: int = 0


@dataclass
class Looked:
    """What was read for one batch, each thing once: how identifiers are used, where ads are, partners, postings."""

    uses: dict[int, ties.Use]
    homes: dict[str, Home]
    partners: dict[joining.Asked, str] = field(default_factory=dict)
    newest: dict[str, Home] = field(default_factory=dict)
    posts: dict[int, list[Post]] = field(default_factory=dict)

    def read(self, requests: Sequence[Request], keys: Sequence[Mapping[int, str]]) -> None:
        """Read together what the requests, which hold these keys, are to be compared with."""
        linked = [(one, own) for one, own in zip(requests, keys, strict=True) if one.kind in LINKED]
        self.partners = joining.partners_of(
            (*pair, one.subject_id) for one, own in linked for pair in weak_pairs(self.weights(own))
        )
        again = {one.subject_id for one, _own in linked if one.revision > 1}
        self.homes |= _homes((again | set(self.partners.values())) - self.homes.keys())
        self.newest = _newest({one.author.id for one, _own in linked if one.author and one.author.id})

    def weights(self, keys: Iterable[int]) -> dict[int, float]:
        """What each key says that was used before."""
        return {key: self.uses[key].weight for key in keys if key in self.uses}

    def posts_of(self, number: int) -> list[Post]:
        """The newest postings of a network."""
        if number not in self.posts:
            self.posts[number] = joining.recent_posts(number)
        return self.posts[number]


def look(requests: Sequence[Request], at: datetime) -> list[Context]:
    """The features ``network``, ``history`` and ``match`` of each request."""
    originals = seen.originals(one for asked in requests for one in _photos(asked))
    keys = [_keys(asked, originals) for asked in requests]
    texts = _texts(requests)
    near = [copies.NOTHING] * len(requests)
    for place, one in zip(texts, copies.nearest(list(texts.values())), strict=True):
        near[place] = one
    templates = _templates({one.subject_id for one in near if one.subject_id})
    for own, one in zip(keys, near, strict=True):
        if one.subject_id in templates:
            own[templates[one.subject_id]] = "template"
    uses = ties.uses_of({key for own in keys for key in own})
    looked = Looked(uses, _homes({use.first for use in uses.values()}))
    looked.read(requests, keys)
    told = _Templates(templates, uses, requests, near)
    found: list[Context] = []
    for asked, own, one in zip(requests, keys, near, strict=True):
        network = _would_join(asked, own, looked, at).to_features() if asked.kind in LINKED else {}
        known = _history(one, told.use_of(one))
        told.add(asked, one)
        known["match"]["photo_originals"] = [[name, originals[name]] for name in asked.photos if name in originals]
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


class _Templates:
    """How widely templates are used, counted on within a batch: what is written is that of the ads before it."""

    def __init__(
        self, named: Mapping[str, int], uses: Mapping[int, ties.Use], requests: Sequence[Request],
        near: Sequence[copies.Near],
    ) -> None:  # fmt: skip
        self._named = dict(named)
        self._uses = {key: replace(uses[key]) for key in named.values() if key in uses}
        self._seen: dict[int, ties.Seen] = {}
        self._known: Mapping[tuple[int, str, str], tuple[bool, bool]] = {}
        if len(requests) > 1:
            self._known = ties.known_pairs({
                (named[one.subject_id], asked.author.id if asked.author else "", asked.place)
                for asked, one in zip(requests, near, strict=True) if one.subject_id in named
            })  # fmt: skip

    def use_of(self, near: copies.Near) -> ties.Use | None:
        """How widely the template of what a text resembles is used, None where it has none yet."""
        return self._uses.get(self._named.get(near.subject_id, 0))

    def add(self, asked: Request, near: copies.Near) -> None:
        """One more ad of a template, the first two when what it resembles had none."""
        if not near.subject_id:
            return
        key = self._named.get(near.subject_id)
        if key is None:
            key = self._named[near.subject_id] = ties.key_of("template", near.subject_id)
            self._count(key, near.subject_id, near.author_id, near.place)
        if self._named.get(asked.subject_id) != key:
            self._named[asked.subject_id] = key
            self._count(key, asked.subject_id, asked.author.id if asked.author else "", asked.place)

    def _count(self, key: int, subject_id: str, author: str, place: str) -> None:
        use = self._uses.setdefault(key, ties.Use("template", subject_id))
        ties.count(use, author, place, self._seen.setdefault(key, ties.Seen()), self._known.get((key, author, place)))


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


def _templates(subjects: Iterable[str]) -> dict[str, int]:
    """The template of each ad that has one."""
    wanted = list(subjects)
    if not wanted:
        return {}
    found = Tie.objects.filter(subject_id__in=wanted, kind="template").order_by("-pk")
    return dict(found.values_list("subject_id", "key"))


HOME = (
    "m.subject_id, m.author_id, m.place, m.posted, m.is_refused, m.network_id, n.size, n.members, n.places, n.refused"
)
OF_ADS = (
    f"SELECT {HOME} FROM safety_networkmember m LEFT JOIN safety_network n ON n.id = m.network_id "
    "WHERE m.subject_id IN ({})"
)
OF_AUTHORS = (
    f"WITH asked(author) AS (VALUES {{}}) SELECT {HOME} FROM asked JOIN safety_networkmember m ON m.id = "
    "(SELECT max(o.id) FROM safety_networkmember o WHERE o.author_id = asked.author AND o.network_id IS NOT NULL) "
    "JOIN safety_network n ON n.id = m.network_id"
)


def _homes(subjects: Iterable[str]) -> dict[str, Home]:
    """Where ads are that hold an identifier, by their ids."""
    return {one.subject_id: one for one in _read_homes(OF_ADS, "%s", subjects)}


def _newest(authors: Iterable[str]) -> dict[str, Home]:
    """The newest ad of each member that is in a network, by the members' ids."""
    return {one.post.member: one for one in _read_homes(OF_AUTHORS, "(%s)", authors)}


def _read_homes(sql: str, mark: str, values: Iterable[str]) -> Iterator[Home]:
    wanted = sorted(values)
    for start in range(0, len(wanted), ties.CHUNK):
        part = wanted[start : start + ties.CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(sql.format(", ".join([mark] * len(part))), part)
            rows = cursor.fetchall()
        for subject, author, place, posted, refused, number, *counts in rows:
            post = Post(author, place, posted, bool(refused))
            yield Home(subject, post, number, *counts) if number else Home(subject, post)


def _would_join(asked: Request, own: Mapping[int, str], looked: Looked, at: datetime) -> Figures:
    """The network an ad would join, itself counted; its author's newest one where nothing in it ties it to others."""
    weights = looked.weights(own)
    tied = {looked.uses[key].first for key, one in weights.items() if joins(one)}
    tied |= {looked.partners.get((*pair, asked.subject_id), "") for pair in weak_pairs(weights)}
    found = {one: looked.homes[one] for one in tied if one in looked.homes}
    if asked.revision > 1 and asked.subject_id in looked.homes:
        found[asked.subject_id] = looked.homes[asked.subject_id]
    author = asked.author.id if asked.author else ""
    itself = Post(author, asked.place, at.timestamp())
    is_in = asked.subject_id in found
    if not found.keys() - {asked.subject_id} and not any(one.network for one in found.values()):
        found, is_in = ({author: looked.newest[author]} if author in looked.newest else {}), True
    networks = {one.network: one for one in found.values() if one.network}
    alone = [one.post for one in found.values() if not one.network]
    extra = alone if is_in else [*alone, itself]
    if not networks and len(extra) < 2:
        return Figures()
    posts = [post for number in networks if number for post in looked.posts_of(number)] + extra
    if sum(one.size for one in networks.values()) < WINDOW:
        return figures(posts, at.timestamp())
    return figures_of(
        size=sum(one.size for one in networks.values()) + len(extra),
        members=sum(one.members for one in networks.values()), places=sum(one.places for one in networks.values()),
        refused=sum(one.refused for one in networks.values()), at=at.timestamp(),
        recent=sorted(posts, key=lambda one: one.at)[-WINDOW:],
    )  # fmt: skip


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
    known = _templates(set(resembles.values()))
    for other in (set(resembles.values()) - known.keys()) & nodes.keys():
        own = [key for key, kind in nodes[other].keys.items() if kind == "template"]
        if own:
            known[other] = own[0]
    earlier = _as_first_written(set(resembles.values()) - known.keys() - nodes.keys())
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


def _as_first_written(subject_ids: Iterable[str]) -> dict[str, Node]:
    """Ads placed earlier, as they were first written."""
    wanted = sorted(subject_ids)
    if not wanted:
        return {}
    rows = Submission.objects.filter(kind__in=LINKED, subject_id__in=wanted, revision=1).order_by("-pk")
    return {
        subject: Node(kind, subject, author, place, submitted, {}, is_new=False)
        for kind, subject, author, place, submitted in rows.values_list(
            "kind", "subject_id", "author_id", "place", "submitted_at"
        )
    }


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
