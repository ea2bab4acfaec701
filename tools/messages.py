"""Collect what the product says and compile its translations: ``python tools/messages.py [--check]``.

Texts come from the Python code, the templates, the packaged categories and the policy packs. Each language's
``django.po`` keeps its translations; ``django.mo`` is compiled from it. ``--check`` writes nothing and fails when
a text has no translation or a compiled file is stale.
"""

import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
from fairboard.screening import ENVIRONMENT

SOURCE = Path(__file__).parent.parent / "src" / "fairboard"
LOCALE = SOURCE / "locale"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "FieldError": None,
    "FieldSpec": (2,),
    "gettext_noop": None,
    "translated": None,
    "Choice": (2,),
    "Reason": (3,),
    "Variable": (3,),
    "RowProblem": (3,),
    "Problem": (1,),
}
_STRING = r'"((?:[^"\\]|\\.)*)"'
_SAID = re.compile(rf"(?<![\w.])_\(\s*{_STRING}")
_COUNTED = re.compile(rf"ngettext\(\s*{_STRING},\s*{_STRING}")
_STEPS = re.compile(rf"\([\d_ *]+, [\d_]+, {_STRING}, {_STRING}\)")
Text = str | tuple[str, str]


def texts() -> Iterator[tuple[Text, str]]:
    """Every text that is shown, with the file it is from."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = str(path.relative_to(SOURCE))
        with path.open("rb") as file:
            for _line, said, _comments, _context in extract("python", file, KEYWORDS):
                yield (said if isinstance(said, str) else (said[0], said[1])), name
        if name == "ui/filters.py":
            yield from ((pair, name) for pair in _STEPS.findall(path.read_text(encoding="utf-8")))
    for path in sorted([*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]):
        name, text = str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8")
        yield from ((found.replace('\\"', '"'), name) for found in _SAID.findall(text))
        yield from ((found, name) for found in _COUNTED.findall(text))
    for one in yaml.safe_load((SOURCE / "safety/data/routes.yaml").read_text(encoding="utf-8")):
        if one["kind"] == "emergency":  # the others are names of their own
            yield one["name"], "safety/data/routes.yaml"
    yield from ((one.doc, "screening/environment.py") for one in ENVIRONMENT.variables.values())
    yield from ((text, "crm/data/standard.yaml") for text in standard_names())
    for path, keys in (
        (SOURCE / "market/data/categories.yaml", {"name", "label", "help", "advice"}),
        (SOURCE / "crm/data/reports.yaml", {"name", "description", "label"}),
        *((path, {"name", "explanation", "message"}) for path in sorted((SOURCE / "screening/packs").glob("*.yaml"))),
    ):
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from ((found, str(path.relative_to(SOURCE))) for found in _under(loaded, keys))


def standard_names() -> Iterator[str]:
    """The names of the packaged objects, fields, choices, record types, pipelines and stages."""
    loaded = yaml.safe_load((SOURCE / "crm/data/standard.yaml").read_text(encoding="utf-8"))
    for profile in loaded["profiles"].values():
        yield profile["label"]
    for one in loaded["types"].values():
        yield from one["labels"]
        yield from one.get("variants", {}).values()
        for label, _kind, *options in one["fields"].values():
            yield label
            yield from (options[0].get("choices", {}).values() if options else ())
        for way in one.get("pipelines", {}).values():
            yield way["label"]
            yield from (label for label, _probability, _outcome in way["stages"].values())


def countries() -> dict[str, str]:
    """The names of the packaged countries with their codes."""
    lines = (SOURCE / "market/data/places.jsonl").read_text(encoding="utf-8").splitlines()
    return {name: code.upper() for code, name, kind, *_rest in map(json.loads, lines) if kind == "country"}


def _under(value: Any, keys: set[str], *, wanted: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _under(inner, keys, wanted=key in keys)
    elif isinstance(value, list):
        for inner in value:
            yield from _under(inner, keys, wanted=wanted)
    elif wanted and isinstance(value, str):
        yield value


def collected(language: str) -> Catalog:
    """The catalogue of a language: every text of today with the translation it has."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    old = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog(locale=language)
    fresh = Catalog(locale=language, project="Fairboard", fuzzy=False, header_comment=f"# Fairboard: {language}")
    for said, name in texts():
        if not any(letter.isalpha() for letter in (said if isinstance(said, str) else said[0])):
            continue
        known = old.get(said if isinstance(said, str) else said[0])
        fresh.add(said, string=known.string if known else None, locations=[(name, None)])
    territories = Locale.parse(language).territories  # of the Unicode CLDR
    for said, code in countries().items():
        fresh.add(said, string=territories[code], locations=[("market/data/places.jsonl", None)])
    return fresh


def missing(catalogue: Catalog) -> list[str]:
    """The texts without a translation."""
    found = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and not all(strings):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def po_text(catalogue: Catalog) -> bytes:
    """The catalogue as a ``.po`` file, the same for the same texts."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, omit_header=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += f'"Language: {catalogue.locale}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return header.encode() + out.getvalue()


def mo_text(catalogue: Catalog) -> bytes:
    """The catalogue compiled."""
    out = io.BytesIO()
    parsed = read_po(io.BytesIO(po_text(catalogue)), locale=str(catalogue.locale))
    parsed.creation_date = parsed.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same file for the same texts
    write_mo(out, parsed)
    return out.getvalue()


def main() -> int:
    """Update or check every language; the number of files that are not right."""
    wrong = 0
    for folder in sorted(path for path in LOCALE.iterdir() if path.is_dir()):
        catalogue = collected(folder.name)
        lacking = missing(catalogue)
        for one in lacking:
            print(f"{folder.name}: no translation of {one!r}")
        wrong += bool(lacking)
        for name, content in (("django.po", po_text(catalogue)), ("django.mo", mo_text(catalogue))):
            path = folder / "LC_MESSAGES" / name
            if path.is_file() and path.read_bytes() == content:
                continue
            if "--check" in sys.argv:
                print(f"{folder.name}: {name} is stale; run python tools/messages.py")
                wrong += 1
            else:
                path.write_bytes(content)
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
