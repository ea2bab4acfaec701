"""Finding the terms and indicators of several packs in one pass over a text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick

from fairboard.screening.policy import Conditions, Indication, Pack, Pattern, Rule, Term


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: a term or an indication, from ``start`` to ``end`` of the text that was searched."""

    what: Term | Indication
    start: int
    end: int


class Matcher:
    """Several packs made ready: one automaton for all they look for in a text, their conditions asked together."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        entries: dict[str, list[Term | Indication | tuple[Indication, Pattern]]] = {}
        for pack in packs:
            for term in pack.terms:
                entries.setdefault(term.text, []).append(term)
            for indication in pack.indications:
                for word in indication.words:
                    entries.setdefault(word, []).append(indication)
                for pattern in indication.patterns:
                    for word in pattern.near:
                        entries.setdefault(word, []).append((indication, pattern))
        self.conditional: Conditions[Indication] = Conditions(
            (one, one.program) for pack in packs for one in pack.indications if one.program is not None
        )
        self.rules: Conditions[Rule] = Conditions((rule, rule.program) for pack in packs for rule in pack.rules)
        self._automaton = ahocorasick.Automaton()
        for word, meant in entries.items():
            self._automaton.add_word(word, (word, tuple(meant)))
        self._is_empty = not entries
        self._automaton.make_automaton()

    def hits(self, text: str, category: str) -> Iterator[Hit]:
        """What stands as whole words in plain text, within its categories."""
        if self._is_empty:
            return
        tried: set[int] = set()
        for last, (word, meant) in self._automaton.iter(text):
            start, end = last - len(word) + 1, last + 1
            if not _is_whole(text, word, start, end):
                continue
            for one in meant:
                if not isinstance(one, tuple):
                    if one.counts_in(category):
                        yield Hit(one, start, end)
                elif id(one[1]) not in tried and one[0].counts_in(category):
                    tried.add(id(one[1]))
                    for found in one[1].compiled.finditer(text):
                        if found.end() > found.start():
                            yield Hit(one[0], *found.span())


def _is_whole(text: str, word: str, start: int, end: int) -> bool:
    if start and word[0].isascii() and text[start - 1].isalnum():
        return False
    return not (end < len(text) and word[-1].isascii() and text[end].isalnum())


@lru_cache(maxsize=8)
def conditions_of(rules: tuple[Rule, ...]) -> Conditions[Rule]:
    """The conditions of rules that only watch, asked together, made once."""
    return Conditions((rule, rule.program) for rule in rules)


@lru_cache(maxsize=8)
def matcher_of(packs: tuple[Pack, ...]) -> Matcher:
    """The matcher of these packs, made once."""
    return Matcher(packs)
