"""Where a page is found: its one address, and the address of each language."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Found:
    """``canonical`` is the address to be kept; ``languages`` are (code, address) with ``x-default`` last."""

    canonical: str
    languages: tuple[tuple[str, str], ...]


def found_at(path: str, *, asked: str = "") -> Found:
    """The addresses of the page at ``path``; ``asked`` is the language its address named, if any."""
    plain = settings.BASE_URL + path

    def in_language(code: str) -> str:
        return f"{plain}{'&' if '?' in plain else '?'}lang={code}"

    codes = [code for code, _name in settings.LANGUAGES]
    every = [*((code, in_language(code)) for code in codes), ("x-default", plain)]
    return Found(in_language(asked) if asked in codes else plain, tuple(every))
