"""The screening of one submission: plain text, features, terms, rules, verdict. Pure but for the stores."""

import re
from collections.abc import Sequence
from typing import Any

from fairboard.screening import fingerprint
from fairboard.screening.features import addresses, figures, phones
from fairboard.screening.model import SEVERITY, Contact, Document, Found, Reason, Result, Span, Verdict
from fairboard.screening.pack import Pack, Rule, default_packs
from fairboard.screening.stores import Stores
from fairboard.screening.text import Plain, fold, joined, obfuscation

LONGEST = 20_000
_SPACES = re.compile(r"[\s\-_./,]{2,}|[^\S ]|[\-_./,]")  # any gap that is not one space
_GAPS = dict.fromkeys([ord(one) for one in "-_./,"] + [at for at in range(0x3001) if chr(at).isspace()], " ")
_WIDE = re.compile(r" {2,}")
NO_STORES = Stores()


def screen(
    document: Document, packs: Sequence[Pack] | None = None, stores: Stores = NO_STORES, shadow: Sequence[Rule] = ()
) -> Result:
    """Judge one document. Fields longer than 20,000 characters are judged by their first 20,000.

    Rules in ``shadow`` never change the verdict; a rule that breaks is left out and named in the result.
    """
    packs = default_packs() if packs is None else packs
    originals = {name: text[:LONGEST] for name, text in document.fields.items()}
    plains = {name: fold(text) for name, text in originals.items()}
    contacts = _contacts(originals, plains, document.country)
    ages = tuple(one for name in originals for one in figures.ages(name, originals[name], plains[name]))
    prices = tuple(one for name in originals for one in figures.prices(name, originals[name], plains[name]))
    normalized = {name: joined(plain) for name, plain in plains.items()}
    reasons = [reason for pack in packs for reason in _term_reasons(pack, normalized, document.category)]
    signature = fingerprint.signature(" ".join(plain.text for plain in normalized.values()))
    bands = fingerprint.bands(signature)
    refused = stores.refused.similar(bands, signature)
    match = {
        "terms": len(reasons),
        "takedown": 0,
        "refused_similarity": float(max((one.similarity for one in refused), default=0.0)),
        "refused_photos": len(stores.photos.known(document.photos)) if document.photos else 0,
    }
    features = _features(document, originals, plains, contacts, ages, match)
    for group, known in document.context.items():
        features[group] = {**features.get(group, {}), **known}
    fired, failed = _fired([rule for pack in packs for rule in pack.rules], features)
    reasons += [Reason(one.id, one.policy, one.message, _points(one.points_at, contacts), one.action) for one in fired]
    unheard, broken = _fired(shadow, features)
    verdict = max((Verdict(reason.action) for reason in reasons), key=SEVERITY.__getitem__, default=Verdict.ALLOW)
    return Result(
        verdict, tuple(sorted(reasons, key=lambda one: -SEVERITY[Verdict(one.action)])), contacts, ages, prices,
        {name: plain.text for name, plain in normalized.items()}, bands, signature,
        tuple(f"{pack.id} {pack.version}" for pack in packs), features,
        tuple(one.id for one in unheard), (*failed, *((f"{name} (shadow)", why) for name, why in broken)),
    )  # fmt: skip


def _contacts(originals: dict[str, str], plains: dict[str, Plain], country: str) -> tuple[Contact, ...]:
    found: list[Contact] = []
    for name, original in originals.items():
        plain = plains[name]
        found += phones.find(name, original, plain, country)
        found += addresses.find(name, original, plain)
    if "title" in plains and "body" in plains and not any(one.kind == "phone" for one in found):
        found += phones.find_split(plains["title"], plains["body"], country)
    return tuple(
        Contact(one.kind, one.value, " … ".join(originals[span.field][span.start : span.end] for span in one.spans),
                one.spans, one.disguise)
        for one in found
    )  # fmt: skip


def _term_reasons(pack: Pack, normalized: dict[str, Plain], category: str) -> list[Reason]:
    spans: dict[tuple[str, str, Verdict], list[Span]] = {}
    texts = {name: _single_spaced(plain.text) for name, plain in normalized.items()}
    for name, plain in normalized.items():
        at: Sequence[int] = ()
        for term, start, end in pack.terms_in(texts[name], category):
            at = at or _origin(plain.text)
            span = Span(name, *plain.span(at[start], at[end - 1] + 1))
            message, action = term.message, term.action
            if term.doubt and any(word in text for word in term.doubt.words for text in texts.values()):
                message, action = term.doubt.message, Verdict.HOLD
            spans.setdefault((term.policy, message, action), []).append(span)
    return [
        Reason(f"term:{policy}", policy, message, tuple(dict.fromkeys(found)), action)
        for (policy, message, action), found in spans.items()
    ]


def _single_spaced(text: str) -> str:
    """The text with every gap made one space; quicker than `_SPACES`, which says where the gaps were."""
    return _WIDE.sub(" ", text.translate(_GAPS))


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


def _features(
    document: Document, originals: dict[str, str], plains: dict[str, Plain], contacts: tuple[Contact, ...],
    ages: tuple[Found, ...], match: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Every variable of the rules, nested by the dots of its name."""
    kinds = [contact.kind for contact in contacts]
    disguises = (obfuscation(originals[name], plains[name]) for name in originals)
    return {
        "ad": {"kind": document.kind, "category": document.category, "place": document.place,
               "country": document.country, "photos": len(document.photos)},
        "text": {"length": sum(map(len, originals.values())), "ages": len(ages),
                 "obfuscation": max(disguises, default=0.0),
                 "youngest": min((int(one.value) for one in ages), default=0)},
        "contact": {"phones": kinds.count("phone"), "emails": kinds.count("email"), "urls": kinds.count("url"),
                    "handles": kinds.count("handle"), "cryptos": kinds.count("crypto"),
                    "shorteners": sum(map(addresses.is_shortener, contacts)),
                    "disguise": float(max((one.disguise for one in contacts), default=0.0))},
        "match": match,
    }  # fmt: skip


def _fired(rules: Sequence[Rule], features: dict[str, Any]) -> tuple[list[Rule], list[tuple[str, str]]]:
    """The rules that are true of these features, and those that broke, with how."""
    fired, failed = [], []
    for rule in rules:
        try:
            if rule.holds(features):
                fired.append(rule)
        except Exception as error:
            failed.append((rule.id, str(error)[:200]))
    return fired, failed


def _points(where: str, contacts: tuple[Contact, ...]) -> tuple[Span, ...]:
    chosen = {
        "contacts": contacts,
        "shorteners": [one for one in contacts if addresses.is_shortener(one)],
        "cryptos": [one for one in contacts if one.kind == "crypto"],
    }.get(where, ())
    return tuple(span for contact in chosen for span in contact.spans)
