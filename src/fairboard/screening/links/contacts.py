"""Contact data in many texts, by patterns alone: about a microsecond for a text that has none.

What is plainly written is found: digits with spaces, dots, dashes, strokes or brackets between, in any script. Numbers
in disguise are the work of `screening.features.phones`, which takes a hundred times as long.
"""

import re
from collections.abc import Callable, Iterator, Sequence

_DIGIT = re.compile(r"\d")
_MAYBE_PHONE = re.compile(r"\d(?:[^\w\n]{0,3}\d){6}")
_PHONE = re.compile(r"(?<![\w.,/@])(?:\+|\()?\(?\d(?:(?:[ \u00a0.\-/()]|\) ?\(?|[ -]{2,3})?\d){6,16}(?![\w@]|[.,]\d)")
_DATE = re.compile(r"(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)?\d\d)(?!\d)")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ .\u00a0])\d{3})(?:\1\d{3})+")
_LOCAL = re.compile(r"\d{3}[-. ]\d{4}")
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ /-]?)+")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+")
_HANDLE = re.compile(r"(?<![\w@./])@([A-Za-z][\w.]{2,30})")
_LINK = re.compile(r"(?:https?://|(?<![\w./])www\.)([^\s<>\"'()\[\]{}]{4,200})", re.IGNORECASE)
_MESSENGER = re.compile(
    r"(?<![\w./])(?:https?://)?(t\.me|telegram\.me|wa\.me|instagram\.com)/(\+?[\w.]{3,32})", re.IGNORECASE
)
_CRYPTO = re.compile(
    r"(?<!\w)(?:bc1[ac-hj-np-z02-9]{11,71}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)"
)
_MAYBE_CRYPTO = re.compile(r"(?<!\w)(?:bc1|0x|[13T])\w{24}")

Contact = tuple[str, str]
"""A kind of `networks.WEIGHTS` and a value in one spelling."""


def contacts_of(text: str) -> set[Contact]:
    """The contact data in a text; phones as their last nine digits, so that 0151 and +49 151 are one."""
    found: set[Contact] = set()
    if "@" in text:
        found.update(("email", match[0].lower().rstrip(".")) for match in _EMAIL.finditer(text))
        found.update(("handle", match[1].lower().rstrip(".")) for match in _HANDLE.finditer(text))
    if "/" in text or "www." in text or "WWW." in text:
        found.update(_links(text))
    if not _DIGIT.search(text):
        return found
    if _MAYBE_PHONE.search(text):
        found.update(("phone", value) for match in _PHONE.finditer(text) if (value := phone_value(match[0])))
    if _MAYBE_CRYPTO.search(text):
        found.update(("crypto", match[0]) for match in _CRYPTO.finditer(text) if not match[0].isdigit())
    return found


def _links(text: str) -> Iterator[Contact]:
    for match in _MESSENGER.finditer(text):
        value = match[2].lower().rstrip(".")
        number = phone_value(value) if match[1].lower() == "wa.me" else ""
        yield ("phone", number) if number else ("handle", value)
    for match in _LINK.finditer(text):
        address = match[1].split("?")[0].split("#")[0].rstrip(".,;:!/")
        host, _, path = address.partition("/")
        host = host.lower().removeprefix("www.")
        if "." in host and host not in {"t.me", "telegram.me", "wa.me", "instagram.com"}:
            yield "link", f"{host}/{path}" if path else host


def phone_value(written: str) -> str:
    """The last nine digits of what is written like a telephone number; "" for dates, amounts and less than 7 digits."""
    written = written.strip()
    digits = "".join(str(int(one)) for one in written if one.isdecimal())
    if not 7 <= len(digits) <= 15 or len(set(digits)) == 1 or _DATE.match(written) or _YEARS.fullmatch(written):
        return ""
    if len(digits) == 13 and digits.startswith(("978", "979")):  # an ISBN
        return ""
    is_marked = written[:1] in "+(" or digits.startswith("0")
    if not is_marked and (_THOUSANDS.fullmatch(written) or (len(digits) < 9 and not _LOCAL.fullmatch(written))):
        return ""
    return digits.lstrip("0")[-9:] if len(digits.lstrip("0")) >= 7 else ""


def column_value(kind: str, written: str) -> str:
    """One spelling of what a column of contact data holds; "" for nothing."""
    if kind == "phone":
        return phone_value(written)
    spelled = {value for found, value in contacts_of(written) if found == kind}
    return min(spelled) if spelled else written.strip().lstrip("@").lower() if kind != "crypto" else written.strip()


def all_contacts(texts: Sequence[str], tick: Callable[[], None]) -> Iterator[tuple[int, Contact]]:
    """The contacts of every text with its place; ``tick`` is called for each thousand."""
    for at, text in enumerate(texts):
        for contact in sorted(contacts_of(text)):
            yield at, contact
        if at % 1_000 == 999:
            tick()
