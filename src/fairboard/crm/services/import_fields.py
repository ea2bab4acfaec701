"""What an import adds to the definitions before it begins: fields of one's own, further choices."""

from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

from fairboard.crm.catalogue import PREFIX, TypeInfo, catalogue
from fairboard.crm.importing import files, guessing
from fairboard.crm.models import ImportFile
from fairboard.crm.services.definitions import add_field, change_field
from fairboard.kit.actors import Actor


def make_fields(file: ImportFile, actor: Actor, at: datetime) -> None:
    """Define the fields a file brings with it, and the choices it adds to those there are."""
    for place, column in enumerate(file.columns):
        info = catalogue().type(file.type_key)
        if column.get("make") and column.get("new") and not column.get("field"):
            key = PREFIX + guessing.slug(column["new"]["label"])
            if key not in info.fields:
                add_field(type_key=info.key, key=key, actor=actor, at=at, **column["new"])
            column["field"], column["make"] = key, False
        one = info.fields.get(column.get("field", ""))
        if column.get("grow") and one is not None and one.type in {"choice", "multichoice"}:
            _add_choices(file, info, place, one.key, actor, at)


def _add_choices(file: ImportFile, info: TypeInfo, place: int, key: str, actor: Actor, at: datetime) -> None:
    one, layout = info.fields[key], files.Layout(**file.layout)
    have = {word.casefold() for choice in one.spec.choices for word in (choice.key, choice.label)}
    choices = [{"key": choice.key, "label": choice.label} for choice in one.spec.choices]
    path = Path(settings.CRM_DIR) / file.stored
    for row in islice(files.rows_of(path, layout), 1, None):
        cell = str(row.cells[place] if place < len(row.cells) else "")
        parts = cell.replace(",", ";").split(";") if one.type == "multichoice" else [cell]
        for part in parts:
            text = " ".join(part.split())[:60]
            if text and text.casefold() not in have and len(choices) < 500:
                have.add(text.casefold())
                taken = {choice["key"] for choice in choices}
                plain = guessing.slug(text) or "choice"
                fresh = next(k for n in range(1000) if (k := plain if not n else f"{plain}_{n}") not in taken)
                choices.append({"key": fresh, "label": text})
    if len(choices) > len(one.spec.choices):
        change_field(type_key=info.key, field_key=key, actor=actor, at=at,
                     options={**one.options, "choices": choices})  # fmt: skip
