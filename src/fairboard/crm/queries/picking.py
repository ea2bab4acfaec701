"""Finding the record a relation is to hold, by a part of its name."""

from dataclasses import dataclass

from fairboard.crm.catalogue import FieldInfo, catalogue
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import records, schema_of
from fairboard.filters import parse, validate
from fairboard.kit.actors import Actor

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A record that can be chosen; ``hint`` tells it from others of its name."""

    id: str
    name: str
    type_label: str
    hint: str


def found(*, actor: Actor, relation: FieldInfo, text: str) -> list[Found]:
    """Records a relation may hold whose name holds a text, by name; the newest ones for an empty text."""
    seat, text = seat_of(actor), text.strip()[:100]
    rows: list[Found] = []
    for key in relation.targets:
        info = catalogue().types.get(key)
        if info is None or seat.on(key).read == "none" or len(rows) >= MOST_FOUND * 2:
            continue
        tree = None
        if text:
            tree = validate(parse({"field": "name", "op": "contains", "value": text}), schema_of(actor, key))
        page = records(actor=actor, type_key=key, tree=tree, sort="name" if text else "-id", size=MOST_FOUND)
        for one in page.items:
            hint = next(
                (str(one.values[each]) for each in ("city", "email", "company", "code") if each in one.values), ""
            )
            rows.append(Found(one.id, one.name, info.label if len(relation.targets) > 1 else "", hint))
    return rows
