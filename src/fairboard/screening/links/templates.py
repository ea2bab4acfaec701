"""What the texts of a campaign have in common, and what each puts in its slots, as a reviewer reads it.

The words most of the texts share, in order, are found by aligning some of them with the one most like the
others and closing in on what at least half have (progressive alignment against the medoid); where any text has
something between two of those words, there is a slot.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz.distance import Indel, LCSseq
from rapidfuzz.process import cdist

from fairboard.screening.links.tokens import LONGEST, spans_of

SAMPLE = 16
SUPPORT = 0.5
"""The share of the texts that must have a word for it to be the template's."""
FILLED = 0.3
"""The share of the texts that must have something in a place for it to be a slot."""
SHOWN = 600
"""Characters of a template shown in one line."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: constant text as the pattern has it, or the slot of a number from 1 on."""

    text: str
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """What a text has in a slot, and where: ``text[start:end]`` of the original is ``value``."""

    slot: int
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """Constant words and slots in turn.

    ``words`` are the constant words as codes, ``before[i]`` is the slot before word ``i`` (``before[-1]`` the one at
    the end), 0 for none.
    """

    parts: tuple[Part, ...]
    words: str
    before: tuple[int, ...]

    @cached_property
    def slots(self) -> int:
        """How many slots there are."""
        return max(self.before, default=0)

    def __str__(self) -> str:
        """One readable line: constant text with ``{1}`` for the first slot; long ones are cut in the middle."""
        line = " ".join("".join(f"{{{part.slot}}}" if part.slot else part.text for part in self.parts).split())
        return line if len(line) <= SHOWN else f"{line[: SHOWN // 2]} … {line[-SHOWN // 2 :]}"

    def values(self, text: str) -> tuple[Value, ...]:
        """What a text has in each slot, in the order of the text.

        Every character of the text is either in a value or in a stretch that stands for constant words, so that
        `rendered` gives the text back. Words the template has no slot for, as in an edited text, are of slot 0.
        """
        letters, spans = spans_of(text)
        if not self.words:
            return (Value(1, text, 0, len(text)),) if text else ()
        found: list[Value] = []
        last_token = last_word = 0
        for word, token in [*matches(self.words, letters), (len(self.words), len(letters))]:
            if token > last_token:
                start, end = spans[last_token][0], spans[token - 1][1]
                slots = [slot for slot in self.before[last_word : word + 1] if slot]
                found.append(Value(slots[0] if slots else 0, text[start:end], start, end))
            last_token, last_word = token + 1, word + 1
        return tuple(found)

    def rendered(self, text: str, values: Sequence[Value]) -> str:
        """The text put together from what stands between its values and the values."""
        pieces, last = [], 0
        for value in values:
            pieces += [text[last : value.start], value.value]
            last = value.end
        return "".join([*pieces, text[last:]])


def matches(one: str, other: str) -> list[tuple[int, int]]:
    """The places of the words two texts have in common, in order."""
    return [
        (block.src_start + step, block.dest_start + step)
        for block in Indel.opcodes(one, other)
        if block.tag == "equal"
        for step in range(block.src_end - block.src_start)
    ]


def template_of(texts: Sequence[str]) -> Template:
    """The template of a campaign's texts; of one text, the text without slots.

    At most `SAMPLE` texts, spread evenly, are aligned: a few milliseconds.
    """
    sample = [text[:LONGEST] for text in texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]]
    if not sample:
        return Template((), "", (0,))
    cut = [spans_of(text) for text in sample]
    letters = [one for one, _ in cut]
    likeness = cdist(letters, letters, scorer=LCSseq.normalized_similarity, dtype=np.float32)
    middle = int(np.argmax(likeness.sum(axis=1)))
    pattern = letters[middle]
    kept = _supported(pattern, letters)
    # Closing in: aligned with what is left, no text is led astray by the pattern's own values.
    core = "".join(pattern[at] for at in kept)
    again = _supported(core, letters)
    kept = [kept[at] for at in again]
    return _built(sample[middle], cut[middle][1], kept, "".join(pattern[at] for at in kept), letters)


def _supported(pattern: str, letters: Sequence[str]) -> list[int]:
    """The places of a pattern's words that enough texts have in order."""
    counts = Counter(place for other in letters for place, _ in matches(pattern, other))
    return [at for at in range(len(pattern)) if counts[at] >= max(2, SUPPORT * len(letters)) or len(letters) == 1]


def _built(text: str, spans: list[tuple[int, int]], kept: list[int], words: str, letters: Sequence[str]) -> Template:
    """Constant words and the slots between: wherever enough texts have something."""
    filled: Counter[int] = Counter()
    for other in letters:
        last_word = last_token = 0
        for word, token in [*matches(words, other), (len(words), len(other))]:
            if token > last_token:
                filled[last_word] += 1
            last_word, last_token = word + 1, token + 1
    least = max(1, FILLED * len(letters))
    parts: list[Part] = []
    before: list[int] = []
    ends = [-1, *kept]  # the kept token before each place
    for place, at in enumerate([*kept, len(spans)]):
        is_slot = filled[place] >= least
        before.append(max(before, default=0) + 1 if is_slot else 0)
        start = spans[at][0] if at < len(spans) else len(text)
        end = spans[ends[place]][1] if place else 0
        own = spans[ends[place] + 1 : at]  # what the pattern itself has between
        if is_slot:
            lead, tail = (text[end : own[0][0]], text[own[-1][1] : start]) if own else (" ", " ")
            parts += [Part(lead), Part("", before[-1]), Part(tail)]
        else:
            parts.append(Part(" " if own else text[end:start]))
        if at < len(spans):
            parts.append(Part(text[start : spans[at][1]]))
    return Template(_merged(parts), words, tuple(before))


def _merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbouring constant parts as one."""
    merged: list[Part] = []
    for part in parts:
        if not part.slot and merged and not merged[-1].slot:
            merged[-1] = Part(merged[-1].text + part.text)
        elif part.slot or part.text:
            merged.append(part)
    return tuple(merged)
