"""Everything the product says has a translation in every language it speaks."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import translation

HOUSE = Path(__file__).parents[2]


def test_no_text_lacks_a_translation_and_no_compiled_file_is_stale() -> None:
    done = subprocess.run(
        [sys.executable, str(HOUSE / "tools" / "messages.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


FORMAL = re.compile(r"[a-zäöüß,»“] (?:Sie|Ihnen|Ihre?[mnrs]?)\b")
AUTHORITIES = re.compile(r"Ihr(?:e|er) Anordnung")  # letters to courts and authorities


@cache
def german() -> list[tuple[str, str]]:
    """Every text with its translation, the forms of a counted one joined by a space."""
    sys.path.insert(0, str(HOUSE / "tools"))
    try:
        import messages
    finally:
        sys.path.pop(0)

    def joined(said: Any) -> str:
        return said if isinstance(said, str) else " ".join(said)

    return [(joined(one.id), joined(one.string)) for one in messages.collected("de") if one.id]


def test_a_translation_fills_in_the_same_values() -> None:
    values = re.compile(r"%\(\w+\)[sd]")
    for said, string in german():
        assert set(values.findall(said)) == set(values.findall(string)), said


def test_german_speaks_to_its_reader_as_du() -> None:
    texts = [text.replace("%(message)s Sie", "") for _said, text in german()]
    assert [text for text in texts if FORMAL.search(text) and not AUTHORITIES.search(text)] == []


def test_a_quotation_mark_in_a_template_does_not_lose_the_translation() -> None:
    assert [said for said, _text in german() if '\\"' in said] == []


def test_a_page_speaks_the_language_of_its_reader(db: None, client: Client) -> None:
    page = client.get("/", headers={"accept-language": "de"}).content.decode()
    assert '<html lang="de">' in page
    assert "Anzeige aufgeben" in page
    assert "Möbel" in page
    assert "Post an ad" not in page


def test_nothing_to_say_says_nothing() -> None:
    from fairboard.ui.filters import translated

    with translation.override("de"):
        assert translated("") == ""
