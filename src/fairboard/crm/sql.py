"""How a field of a record is read in SQL: one expression each, the same for filters, orders and indexes."""

from collections.abc import Mapping

from fairboard.crm.catalogue import FieldInfo, TypeInfo

TABLE = "crm_record"


def expressions(field: FieldInfo, table: str = TABLE) -> Mapping[str, str]:
    """The SQL of a field's value in each dialect.

    An index serves a condition only if both use this very text. Field keys are letters, digits and underscores
    (checked where they are made), so that they can stand in it.
    """
    path = f"$.{field.key}"
    data = f"{table}.data" if table else "data"
    text = f"({data} ->> '{field.key}')"
    by_type = {
        "number": f"({text}::numeric)", "money": f"({text}::numeric)", "yesno": f"({text}::boolean)",
        "multichoice": f"({data} -> '{field.key}')",
    }  # fmt: skip
    postgresql = f"({data} -> '{field.key}')" if field.is_many else by_type.get(field.type, text)
    return {"sqlite": f"json_extract({data}, '{path}')", "postgresql": postgresql}


def alive(info: TypeInfo, table: str = TABLE) -> str:
    """The condition of the records of a type that are not in the bin; the id is written out for partial indexes."""
    return f"{table}.type_id = {info.id:d} AND {table}.deleted_at IS NULL"


def related(relation: FieldInfo, field: FieldInfo) -> Mapping[str, str]:
    """The SQL of a field of the record that a relation points to."""
    inner = expressions(field, "aim")
    return {
        dialect: (
            f"(SELECT {inner[dialect]} FROM crm_link way JOIN crm_record aim ON aim.id = way.target_id"
            f" WHERE way.source_id = {TABLE}.id AND way.field_id = {relation.id:d} AND aim.deleted_at IS NULL LIMIT 1)"
        )
        for dialect in inner
    }
