"""What the gate knows of ties and networks for one batch: read together, then carried on from ad to ad.

`View.write` notes what an ad ties and joins, so that the next one of its batch is told what it would be told if that ad
were in the database already. Two things wait for the writing itself: networks are not split when an identifier becomes
a hub in the middle of a batch, and what the gate refuses in a batch counts as refused from the next batch on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection

from fairboard.safety import joining, ties
from fairboard.safety.copies import Near
from fairboard.safety.models import Submission, Tie
from fairboard.safety.parts import Request
from fairboard.safety.ties import LINKED, Node
from fairboard.screening.networks import WINDOW, Figures, Post, figures, figures_of, joins, weak_pairs

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


@dataclass
class Net:
    """A network: its counts, and its newest postings, the oldest first, read when they are asked for."""

    number: int
    size: int = 0
    members: int = 0
    places: int = 0
    refused: int = 0
    known_posts: list[Post] | None = None

    @property
    def posts(self) -> list[Post]:
        """The newest `WINDOW` postings."""
        if self.known_posts is None:
            self.known_posts = joining.recent_posts(self.number)
        return self.known_posts

    def take(self, posts: Sequence[Post], other: "Net | None" = None) -> None:
        """More postings join, or another network with its own. Of a large one only new faces are counted."""
        before, is_whole = self.posts, self.size <= len(self.posts) and (not other or other.size <= len(other.posts))
        merged = sorted([*before, *posts], key=lambda one: one.at)
        self.known_posts = merged[-WINDOW:]
        self.size += other.size if other else len(posts)
        self.refused += other.refused if other else sum(one.refused for one in posts)
        members, places = {one.member for one in merged}, {one.place for one in merged} - {""}
        if is_whole:
            self.members, self.places = len(members), len(places)
        elif other:
            self.members, self.places = self.members + other.members, self.places + other.places
        else:
            self.members += len(members) - len({one.member for one in before})
            self.places += len(places) - len({one.place for one in before} - {""})


@dataclass(frozen=True, slots=True)
class Home:
    """Where an ad that holds an identifier is: in a network, or alone."""

    subject_id: str
    post: Post
    net: Net | None = None


@dataclass
class View:
    """What was read for one batch, each thing once, and what its ads add to it."""

    uses: dict[int, ties.Use] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    newest: dict[str, Home] = field(default_factory=dict)
    partners: dict[joining.Asked, str] = field(default_factory=dict)
    known: Mapping[tuple[int, str, str], tuple[bool, bool]] = field(default_factory=dict)
    earlier: dict[str, Node] = field(default_factory=dict)
    _nets: dict[int, Net] = field(default_factory=dict)
    _merged: dict[int, Net] = field(default_factory=dict)
    _held: dict[str, set[int]] = field(default_factory=dict)
    _holders: dict[int, set[str]] = field(default_factory=dict)
    _seen: dict[int, ties.Seen] = field(default_factory=dict)
    _here: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, requests: Sequence[Request], keys: Sequence[dict[int, str]], near: Sequence[Near]) -> "View":
        """Read what requests with these keys, whose texts resemble those, are compared with; keys gain templates."""
        view = cls(templates=templates_of({one.subject_id for one in near if one.subject_id}))
        for own, one in zip(keys, near, strict=True):
            if one.subject_id in view.templates:
                own[view.templates[one.subject_id]] = "template"
        linked = [(one, own) for one, own in zip(requests, keys, strict=True) if one.kind in LINKED]
        view.uses = ties.uses_of({key for _one, own in linked for key in own})
        view.partners = joining.partners_of(
            (*pair, one.subject_id) for one, own in linked for pair in weak_pairs(view._weights(own))
        )
        again = {one.subject_id for one, _own in linked if one.revision > 1}
        firsts = {use.first for use in view.uses.values()}
        view.homes = {
            one.subject_id: one for one in view._homes(OF_ADS, "%s", {*firsts, *again, *view.partners.values()})
        }
        authors = {_author(one) for one, _own in linked} - {""}
        view.newest = {one.post.member: one for one in view._homes(OF_AUTHORS, "(%s)", authors)}
        if len(requests) > 1:
            view._read_for_writing(linked, {one.subject_id for one in near if one.subject_id}, again)
        return view

    def _read_for_writing(
        self, linked: Sequence[tuple[Request, Mapping[int, str]]], resembled: set[str], again: set[str]
    ) -> None:
        self.known = ties.known_pairs({
            (key, _author(one), one.place) for one, own in linked for key in own if key in self.uses
        })  # fmt: skip
        here = {one.subject_id for one, _own in linked}
        self.earlier = as_first_written(resembled - self.templates.keys() - here)
        for subject, key in _ties_of([*self.earlier, *again]):
            self._hold(subject, key)

    def template(self, near: Near) -> int | None:
        """The template of the ad a text resembles, None where it has none yet."""
        return self.templates.get(near.subject_id)

    def would_join(self, asked: Request, own: Mapping[int, str], at: float) -> Figures:
        """The network an ad would join, itself counted; its author's newest one where nothing ties it to others."""
        found = self._tied(asked.subject_id, own)
        if asked.revision > 1 and asked.subject_id in self.homes:
            found[asked.subject_id] = self.homes[asked.subject_id]
        author = _author(asked)
        itself = Post(author, asked.place, at)
        is_in = asked.subject_id in found
        if not found.keys() - {asked.subject_id} and not any(one.net for one in found.values()):
            found, is_in = ({author: self.newest[author]} if author in self.newest else {}), True
        nets = {net.number: net for one in found.values() if (net := self._net(one))}
        alone = [one.post for one in found.values() if not one.net]
        extra = alone if is_in else [*alone, itself]
        if not nets and len(extra) < 2:
            return Figures()
        posts = [post for net in nets.values() for post in net.posts] + extra
        if sum(one.size for one in nets.values()) < WINDOW:
            return figures(posts, at)
        return figures_of(
            size=sum(one.size for one in nets.values()) + len(extra), members=sum(one.members for one in nets.values()),
            places=sum(one.places for one in nets.values()), refused=sum(one.refused for one in nets.values()),
            at=at, recent=sorted(posts, key=lambda one: one.at)[-WINDOW:],
        )  # fmt: skip

    def write(self, asked: Request, own: Mapping[int, str], near: Near, at: float) -> None:
        """Note an ad as if its ties were written, for those after it in the batch."""
        keys = dict(own)
        template = self._template_for(near, at) if near.subject_id else None
        if template is not None:
            keys[template] = "template"
            self.templates[asked.subject_id] = template
        self._here.add(asked.subject_id)
        if not keys:
            return
        post = Post(_author(asked), asked.place, int(at))
        home = self.homes.setdefault(asked.subject_id, Home(asked.subject_id, post))
        self._count(home, keys)
        self._join(home, self._tied(asked.subject_id, keys))

    def _template_for(self, near: Near, at: float) -> int | None:
        """The template of what a text resembles; where that has none it becomes the first of one."""
        subject = near.subject_id
        if subject in self.templates:
            return self.templates[subject]
        first = self.earlier.get(subject)
        if first is not None:
            post = Post(first.author_id, first.place, int(first.at.timestamp()))
        elif subject in self._here:
            post = Post(near.author_id, near.place, int(at))
        else:
            return None
        key = self.templates[subject] = ties.key_of("template", subject)
        self._count(self.homes.setdefault(subject, Home(subject, post)), {key: "template"})
        return key

    def _count(self, home: Home, keys: Mapping[int, str]) -> None:
        for key, kind in keys.items():
            if key in self._held.get(home.subject_id, ()):
                continue
            self._hold(home.subject_id, key)
            use = self.uses.setdefault(key, ties.Use(kind, home.subject_id))
            known = self.known.get((key, home.post.member, home.post.place))
            ties.count(use, home.post.member, home.post.place, self._seen.setdefault(key, ties.Seen()), known)

    def _hold(self, subject: str, key: int) -> None:
        self._held.setdefault(subject, set()).add(key)
        self._holders.setdefault(key, set()).add(subject)

    def _join(self, home: Home, tied: Mapping[str, Home]) -> None:
        """Put an ad and those it is tied to into one network."""
        group = {**tied, home.subject_id: home}
        if len(group) < 2:
            return
        nets = {net.number: net for one in group.values() if (net := self._net(one))}
        loose = [one for one in group.values() if not one.net]
        if len(nets) == 1 and not loose:
            return
        target = max(nets.values(), key=lambda one: (one.size, -one.number), default=None)
        if target is None:
            target = Net(-1 - len(self._nets), known_posts=[])
            self._nets[target.number] = target
        for other in nets.values():
            if other is not target:
                target.take(other.posts, other)
                self._merged[other.number] = target
        target.take([one.post for one in loose])
        for one in loose:
            self.homes[one.subject_id] = replace(one, net=target)
            if one.subject_id == home.subject_id or one.post.member not in self.newest:
                self.newest[one.post.member] = self.homes[one.subject_id]

    def _net(self, home: Home) -> Net | None:
        net = home.net
        while net is not None and net.number in self._merged:
            net = self._merged[net.number]
        return net

    def _weights(self, keys: Iterable[int]) -> dict[int, float]:
        """What each key says that was used before."""
        return {key: self.uses[key].weight for key in keys if key in self.uses}

    def _tied(self, subject: str, keys: Iterable[int]) -> dict[str, Home]:
        """Other ads that share enough with one."""
        weights = self._weights(keys)
        tied = {self.uses[key].first for key, one in weights.items() if joins(one)}
        tied |= {self._partner(pair, subject) for pair in weak_pairs(weights)}
        return {one: self.homes[one] for one in sorted(tied) if one in self.homes}

    def _partner(self, pair: tuple[int, int], subject: str) -> str:
        known = self.partners.get((*pair, subject), "")
        if known:
            return known
        here = self._holders.get(pair[0], set()) & self._holders.get(pair[1], set())
        return min(here - {subject}, default="")

    def _homes(self, sql: str, mark: str, values: Iterable[str]) -> Iterator[Home]:
        wanted = sorted(values)
        for start in range(0, len(wanted), ties.CHUNK):
            part = wanted[start : start + ties.CHUNK]
            with connection.cursor() as cursor:
                cursor.execute(sql.format(", ".join([mark] * len(part))), part)
                rows = cursor.fetchall()
            for subject, author, place, posted, refused, number, *counts in rows:
                net = self._nets.setdefault(number, Net(number, *counts)) if number else None
                yield Home(subject, Post(author, place, posted, bool(refused)), net)


def templates_of(subjects: Iterable[str]) -> dict[str, int]:
    """The template of each ad that has one."""
    wanted = list(subjects)
    if not wanted:
        return {}
    found = Tie.objects.filter(subject_id__in=wanted, kind="template").order_by("-pk")
    return dict(found.values_list("subject_id", "key"))


def as_first_written(subject_ids: Iterable[str]) -> dict[str, Node]:
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


def _ties_of(subjects: Sequence[str]) -> Iterator[tuple[str, int]]:
    for start in range(0, len(subjects), ties.CHUNK):
        rows = Tie.objects.filter(subject_id__in=subjects[start : start + ties.CHUNK])
        yield from rows.values_list("subject_id", "key")


def _author(asked: Request) -> str:
    return asked.author.id if asked.author else ""
