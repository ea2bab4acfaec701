"""The screening of one submission: plain text, features, terms, indicators, rules, verdict. Pure but for the stores."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairboard.screening import fingerprint
from fairboard.screening.environment import outside
from fairboard.screening.features import addresses, figures, indicators, languages, phones
from fairboard.screening.matching import Matcher, conditions_of, matcher_of
from fairboard.screening.model import SEVERITY, Contact, Document, Found, Indicator, Reason, Result, Span, Verdict
from fairboard.screening.pack import Pack, Term, default_packs
from fairboard.screening.policy import Indication, Rule
from fairboard.screening.stores import Stores
from fairboard.screening.text import Plain, fold, joined, obfuscation

LONGEST = 20_000
_SPACES = re.compile(r"[\s\-_./,]{2,}|[^\S ]|[\-_./,]")  # any gap that is not one space
_GAPS = dict.fromkeys([ord(one) for one in "-_./,"] + [at for at in range(0x3001) if chr(at).isspace()], " ")
_WIDE = re.compile(r" {2,}")
NO_STORES = Stores()
_NO_WAYS: dict[str, Any] = {
    "phones": 0, "emails": 0, "urls": 0, "handles": 0, "cryptos": 0, "shorteners": 0, "disguise": 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found before the rules look at it."""

    contacts: tuple[Contact, ...]
    ages: tuple[Found, ...]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The texts of a document made plain, the contacts in them, their fingerprint: what is looked up beforehand.

    Made from ``document.fields`` and ``document.country`` alone, so that it stays good when the context is added.
    """

    originals: dict[str, str]
    plains: dict[str, Plain]
    normalized: dict[str, Plain]
    contacts: tuple[Contact, ...]
    signature: tuple[int, ...]
    bands: tuple[str, ...]


def prepare(document: Document) -> Prepared:
    """The first half of the screening. Fields longer than 20,000 characters are read to their first 20,000."""
    originals = {name: text[:LONGEST] for name, text in document.fields.items()}
    plains = {name: fold(text) for name, text in originals.items()}
    normalized = {name: joined(plain) for name, plain in plains.items()}
    signature = fingerprint.signature(" ".join([plain.text for plain in normalized.values()]))
    return Prepared(
        originals, plains, normalized, _contacts(originals, plains, document.country), signature,
        fingerprint.bands(signature),
    )  # fmt: skip


def screen(
    document: Document, packs: Sequence[Pack] | None = None, stores: Stores = NO_STORES, shadow: Sequence[Rule] = (),
    prepared: Prepared | None = None,
) -> Result:  # fmt: skip
    """Judge one document; ``prepared`` is what `prepare` made of it, if it was called before.

    Rules in ``shadow`` never change the verdict; a rule that breaks is left out and named in the result. Raises
    ValueError for a context that names no variable or holds a value of another type.
    """
    packs = tuple(default_packs() if packs is None else packs)
    ready = prepared or prepare(document)
    originals, plains, normalized, contacts = ready.originals, ready.plains, ready.normalized, ready.contacts
    ages = tuple(one for name in originals for one in figures.ages(name, originals[name], plains[name], document.year))
    prices = tuple(one for name in originals for one in figures.prices(name, originals[name], plains[name]))
    matcher = matcher_of(packs)
    reasons, indications = _matches(matcher, normalized, document.category)
    signature, bands = ready.signature, ready.bands
    features = _features(document, originals, plains, contacts, ages)
    features["match"].update(_resemblance(document, stores, bands, signature), terms=len(reasons))
    signs = _indicators(matcher, indications, features, _Seen(contacts, ages, ()), document.category)
    features["indicator"] = indicators.scores(signs)
    seen = _Seen(contacts, ages, signs)
    answers, watching = matcher.rules.answers(features), conditions_of(tuple(shadow)).answers(features)
    reasons += [
        Reason(rule.id, rule.policy, rule.message, _points(rule.points_at, seen), rule.action)
        for rule in answers.holding
    ]
    failed = [(rule.id, why) for rule, why in answers.failed]
    failed += [(f"{rule.id} (shadow)", why) for rule, why in watching.failed]
    verdict = max((Verdict(reason.action) for reason in reasons), key=SEVERITY.__getitem__, default=Verdict.ALLOW)
    return Result(
        verdict, tuple(sorted(reasons, key=lambda one: -SEVERITY[Verdict(one.action)])), contacts, ages, prices,
        {name: plain.text for name, plain in normalized.items()}, bands, signature,
        tuple([f"{pack.id} {pack.version}" for pack in packs]), signs, features,
        tuple([rule.id for rule in watching.holding]), tuple(failed),
    )  # fmt: skip


def _contacts(originals: dict[str, str], plains: dict[str, Plain], country: str) -> tuple[Contact, ...]:
    found: list[Contact] = []
    for name, original in originals.items():
        plain = plains[name]
        found += phones.find(name, original, plain, country)
        found += addresses.find(name, original, plain)
    if "title" in plains and "body" in plains and not any(one.kind == "phone" for one in found):
        found += phones.find_split(plains["title"], plains["body"], country)
    return tuple([
        Contact(one.kind, one.value, " … ".join(originals[span.field][span.start : span.end] for span in one.spans),
                one.spans, one.disguise)
        for one in found
    ])  # fmt: skip


def _matches(
    matcher: Matcher, normalized: dict[str, Plain], category: str
) -> tuple[list[Reason], dict[Indication, list[Span]]]:
    """The reasons of terms, and the indications found by their words, each with its spans."""
    terms: dict[tuple[str, str, Verdict], list[Span]] = {}
    signs: dict[Indication, list[Span]] = {}
    texts = {name: _single_spaced(plain.text) for name, plain in normalized.items()}
    for name, plain in normalized.items():
        at: Sequence[int] = ()
        for hit in matcher.hits(texts[name], category):
            at = at or _origin(plain.text)
            span = Span(name, *plain.span(at[hit.start], at[hit.end - 1] + 1))
            if isinstance(hit.what, Term):
                terms.setdefault(_said(hit.what, texts), []).append(span)
            elif not _stands_in(hit.what.unless, texts):
                signs.setdefault(hit.what, []).append(span)
    reasons = [
        Reason(f"term:{policy}", policy, message, tuple(dict.fromkeys(found)), action)
        for (policy, message, action), found in terms.items()
    ]
    return reasons, signs


def _said(term: Term, texts: dict[str, str]) -> tuple[str, str, Verdict]:
    """The policy, message and action of a term, softened beside the words of its doubt."""
    if term.doubt and _stands_in(term.doubt.words, texts):
        return term.policy, term.doubt.message, Verdict.HOLD
    return term.policy, term.message, term.action


def _stands_in(words: tuple[str, ...], texts: dict[str, str]) -> bool:
    return bool(words) and any(word in text for word in words for text in texts.values())


def _indicators(
    matcher: Matcher, found: Mapping[Indication, list[Span]], features: dict[str, Any], seen: _Seen, category: str
) -> tuple[Indicator, ...]:
    """What was found by words, then what holds by its condition, in the order of the packs."""
    signs = [_indicator(one, tuple(dict.fromkeys(spans))) for one, spans in found.items()]
    signs += [
        _indicator(one, _points(one.points_at, seen))
        for one in matcher.conditional.holding(features)
        if one.counts_in(category)
    ]
    return tuple(signs)


def _indicator(one: Indication, spans: tuple[Span, ...]) -> Indicator:
    return Indicator(one.id, one.group, one.weight, one.message, spans)


def _single_spaced(text: str) -> str:
    """The text with every gap made one space; quicker than `_SPACES`, which says where the gaps were."""
    even = text.translate(_GAPS)
    return _WIDE.sub(" ", even) if "  " in even else even


def _origin(text: str) -> list[int]:
    """Where each letter of the text with its gaps made single spaces comes from."""
    at: list[int] = []
    last = 0
    for gap in _SPACES.finditer(text):
        at.extend(range(last, gap.start()))
        at.append(gap.start())
        last = gap.end()
    at.extend(range(last, len(text)))
    return at


def _resemblance(
    document: Document, stores: Stores, bands: tuple[str, ...], signature: tuple[int, ...]
) -> dict[str, Any]:
    """What the stores know of texts and photos like these."""
    refused = stores.refused.similar(bands, signature)
    return {
        "refused_similarity": float(max((one.similarity for one in refused), default=0.0)),
        "refused_photos": len(stores.photos.known(document.photos)) if document.photos else 0,
    }


def _features(
    document: Document, originals: dict[str, str], plains: dict[str, Plain], contacts: tuple[Contact, ...],
    ages: tuple[Found, ...],
) -> dict[str, Any]:  # fmt: skip
    """Every variable of the rules but those of resemblance and indicators, nested by the dots of its name."""
    written = languages.languages([plain.text for plain in plains.values()], originals.values())
    return {
        **outside(document.context),
        "ad": {"kind": document.kind, "category": document.category, "place": document.place,
               "country": document.country, "photos": len(document.photos)},
        "text": {"length": sum(map(len, originals.values())), "ages": len(ages),
                 "obfuscation": max([obfuscation(text, plains[name]) for name, text in originals.items()
                                     if not text.isascii()], default=0.0),
                 "youngest": min([int(one.value) for one in ages], default=0),
                 "language": written[0] if written else "", "languages": list(written)},
        "contact": _ways(contacts),
    }  # fmt: skip


def _ways(contacts: tuple[Contact, ...]) -> dict[str, Any]:
    """The features of the ``contact`` group."""
    if not contacts:
        return _NO_WAYS.copy()
    kinds = [contact.kind for contact in contacts]
    return {
        "phones": kinds.count("phone"), "emails": kinds.count("email"), "urls": kinds.count("url"),
        "handles": kinds.count("handle"), "cryptos": kinds.count("crypto"),
        "shorteners": sum(map(addresses.is_shortener, contacts)),
        "disguise": float(max(one.disguise for one in contacts)),
    }  # fmt: skip


def _points(where: str, seen: _Seen) -> tuple[Span, ...]:
    """The spans of what a rule or an indicator points at."""
    if where == "ages":
        return tuple([one.span for one in seen.ages])
    groups: tuple[str, ...] = {
        "indicators": tuple(indicators.GROUPS), "exploitation": indicators.EXPLOITATION, "fraud": indicators.FRAUD,
    }.get(where, ())  # fmt: skip
    if groups:
        spans = [span for one in seen.indicators if one.group in groups for span in one.spans]
        return tuple(dict.fromkeys(spans))
    chosen = {
        "contacts": seen.contacts,
        "shorteners": [one for one in seen.contacts if addresses.is_shortener(one)],
        "cryptos": [one for one in seen.contacts if one.kind == "crypto"],
    }.get(where, ())
    return tuple([span for contact in chosen for span in contact.spans])
