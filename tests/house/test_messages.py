"""Everything the product says has a translation in every language it speaks."""

import re
import subprocess
import sys
from pathlib import Path

from django.test import Client
from django.utils import translation

HOUSE = Path(__file__).parents[2]


def test_no_text_lacks_a_translation_and_no_compiled_file_is_stale() -> None:
    done = subprocess.run(
        [sys.executable, str(HOUSE / "tools" / "messages.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_translation_fills_in_the_same_values() -> None:
    sys.path.insert(0, str(HOUSE / "tools"))
    try:
        import messages
    finally:
        sys.path.pop(0)
    values = re.compile(r"%\(\w+\)[sd]")
    for message in messages.collected("de"):
        if isinstance(message.id, str) and message.id:
            assert sorted(values.findall(message.id)) == sorted(values.findall(str(message.string))), message.id


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
