"""Mail addresses, links, handles and crypto addresses, plainly written or spelled out."""

import re
from functools import cache
from typing import TYPE_CHECKING

from fairboard.screening.model import Contact, Span
from fairboard.screening.text import Plain

if TYPE_CHECKING:
    from tldextract import TLDExtract

SHORTENERS = {
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "cutt.ly", "rb.gy", "ow.ly", "shorturl.at", "rebrand.ly",
    "tiny.cc", "buff.ly", "s.id", "bl.ink", "t.ly",
}  # fmt: skip
# Gaps are bounded: unbounded ones take quadratic time on a page of spaces.
_GAP = r"\s{0,3}"
_AT = rf"(?:{_GAP}(?:@|\({_GAP}at{_GAP}\)|\[{_GAP}at{_GAP}\]){_GAP}|\s{{1,3}}at\s{{1,3}})"
_SPELLED_DOT = rf"(?:{_GAP}(?:\({_GAP}dot{_GAP}\)|\[{_GAP}dot{_GAP}\]){_GAP}|\s{{1,3}}(?:dot|punkt|punto)\s{{1,3}})"
# A dot that ends a sentence ("we are at home. No pets") makes no address; one before "com" does.
_DOT = rf"(?:\.(?!\s)|\s{{1,3}}\.{_GAP}|\.\s{{1,3}}(?=(?:com|net|org|info|biz)\b)|{_SPELLED_DOT})"
_EMAIL = re.compile(
    rf"(?<![\w.+-])([a-z0-9][a-z0-9._+-]{{0,60}}(?:{_SPELLED_DOT}[a-z0-9_+-]{{1,30}}){{0,2}}){_AT}([a-z0-9-]+(?:{_DOT}[a-z0-9-]+){{0,2}}{_DOT}[a-z]{{2,12}})(?![\w@/])"
)
_AT_A_DOMAIN = re.compile(rf" at\s{{1,3}}[a-z0-9-]+{_DOT}")
_URL = re.compile(
    r"(?<![\w@.-])(?:https?://|www\.)[^\s<>\"')\]]{3,300}|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,12}(?:/[^\s<>\"')\]]*)?(?![\w@])"
)
_SPELLED = re.compile(
    r"(?<![\w@])([a-z0-9-]{2,40})(?:\s{0,3}(?:\(dot\)|\[dot\])\s{0,3}|\s{1,3}dot\s{1,3})(com|net|org|info|io|co|de|me|ru|biz|xyz|link)(?!\w)"
)
_HANDLE = re.compile(
    r"(?<!\w)(telegram|whats ?app|instagram|insta|snapchat|snap|kik|signal|wechat|line|discord|ig|tg)\b\s{0,3}"
    r"(?:is|me|at|id|:|-|=|on)?\s{0,3}(?:at|:)?\s{0,3}@([a-z0-9_.]{3,32})"
    r"|(?<![\w.@/])@([a-z][a-z0-9_.]{3,31})(?![\w.]*@)|(?<!\w)t\.me/([a-z0-9_]{3,32})"
    r"|(?<!\w)(?:telegram|instagram|insta|snapchat|snap|kik|wechat|discord|ig|tg|skype)"
    r"(?: (?:id|user|username|name|handle))?\s?[:=]\s?([a-z][a-z0-9_.]{2,31})(?![\w@])"
)
_NO_MAILBOX = {"look", "meet", "available", "call", "me", "us"}
_NO_HANDLE = {"yes", "no", "none", "nope", "ask", "only", "available", "not", "see", "same", "ja", "nein"}
_CRYPTO = re.compile(
    r"\b(bc1[ac-hj-np-z02-9]{25,71}|[13][a-km-zA-HJ-NP-Z1-9]{25,34}|0x[0-9a-fA-F]{40}"
    r"|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|T[1-9A-HJ-NP-Za-km-z]{33})\b"
)
# "look at this.It is great": a missing space, not an address.
_NEW_SENTENCE = re.compile(r"(?<![^\W_])[a-z0-9][\w-]*\.[A-Z][a-z]+$")
# Cheap looks that say whether a dear one is worth it.
_LONG_WORD = re.compile(r"[0-9A-Za-z]{26}")
_DOTTED = re.compile(r"\.[a-z]{2}(?<=[a-z0-9-]\.[a-z]{2})")
_DIGIT = re.compile(r"\d")
_NAMED = re.compile(
    r"(?:am|insta|snap|kik|at|discord|ig|tg|skype)(?: (?:id|user|username|name|handle))?\s?[:=]"  # the end of a service
)


def find(name: str, original: str, plain: Plain) -> list[Contact]:
    """Every address in one field but telephone numbers."""
    text = plain.text
    found: list[Contact] = []
    if "@" in text or "at)" in text or "at]" in text or (" at " in text and _AT_A_DOMAIN.search(text)):
        found += _emails(name, original, plain)
    taken = [span for contact in found for span in contact.spans]
    if _DOTTED.search(text) or "www." in text or "http" in text or "dot" in text:
        found += [one for one in _links(name, original, plain) if not _overlaps(one.spans[0], taken)]
    if "@" in text or "t.me" in text or _NAMED.search(text):
        found += [one for one in _handles(name, plain) if not _overlaps(one.spans[0], taken)]
    if not _DIGIT.search(original) or not _LONG_WORD.search(original):
        return found
    found += [
        Contact("crypto", one[0], one[0], (Span(name, one.start(), one.end()),))
        for one in _CRYPTO.finditer(original)
        if any(letter.isdigit() for letter in one[0][1:]) and len(set(one[0])) > 8
    ]
    return found


def _emails(name: str, original: str, plain: Plain) -> list[Contact]:
    found: list[Contact] = []
    match = _EMAIL.search(plain.text)
    while match is not None:
        contact = _email(name, original, plain, match)
        if contact is not None:
            found.append(contact)
        # "mail me at ann dot lee at example dot org": what is no address may begin where one does
        match = _EMAIL.search(plain.text, match.end() if contact else match.end(1))
    return found


def _email(name: str, original: str, plain: Plain, match: re.Match[str]) -> Contact | None:
    mailbox, domain = re.sub(_SPELLED_DOT, ".", match[1]), re.sub(_DOT, ".", match[2])
    parts = _suffixes()(domain)
    disguise = 0.0 if "@" in match[0] and not re.search(r"\bdot\b", match[0]) else 0.8
    if not parts.suffix or not parts.domain or (disguise and match[1] in _NO_MAILBOX):
        return None
    span = Span(name, *plain.span(match.start(), match.end()))
    if disguise and _NEW_SENTENCE.search(original[span.start : span.end]):
        return None
    return Contact("email", f"{mailbox}@{domain}", "", (span,), disguise)


@cache
def _suffixes() -> "TLDExtract":
    """The packaged list of public suffixes; never fetched, and loaded with the first address that is found."""
    import tldextract  # noqa: PLC0415, 4 MiB with the HTTP client it comes with

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _links(name: str, original: str, plain: Plain) -> list[Contact]:
    found = []
    for match in _URL.finditer(plain.text):
        raw = match[0].rstrip(".,;:!?")
        bare = re.sub(r"^https?://", "", raw)
        host = bare.split("/")[0].split(":")[0]
        parts = _suffixes()(host)
        explicit = raw.startswith(("http", "www."))
        if not explicit and (not parts.suffix or not parts.domain or parts.domain.isdigit() or len(parts.suffix) < 2):
            continue
        span = Span(name, *plain.span(match.start(), match.start() + len(raw)))
        written = original[span.start : span.end]
        if not explicit and _NEW_SENTENCE.search(written):
            continue
        if written.lower() == raw:  # the case of a path matters to whoever follows the link
            bare = re.sub(r"^https?://", "", written, flags=re.IGNORECASE)
        found.append(Contact("url", host + bare[len(host) :], "", (span,)))
    for match in _SPELLED.finditer(plain.text):
        span = Span(name, *plain.span(match.start(), match.end()))
        found.append(Contact("url", f"{match[1]}.{match[2]}", "", (span,), 0.8))
    return found


def _handles(name: str, plain: Plain) -> list[Contact]:
    found = []
    for match in _HANDLE.finditer(plain.text):
        value = next(group for group in (match[2], match[3], match[4], match[5]) if group).rstrip(".")
        if value not in _NO_HANDLE:
            found.append(Contact("handle", value, "", (Span(name, *plain.span(match.start(), match.end())),)))
    return found


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)


def is_shortener(contact: Contact) -> bool:
    """Whether a link hides where it leads."""
    host = contact.value.removeprefix("www.").split("/")[0]
    return contact.kind == "url" and host in SHORTENERS
