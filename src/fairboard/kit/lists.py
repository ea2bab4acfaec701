"""Lists are filter trees: read from the API's JSON, and applied to a query."""

import json
from typing import TypeVar

from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from fairboard.filters import FilterError, Node, Schema, compile_sql, parse, validate
from fairboard.kit.problems import Invalid

LONGEST_FILTER = 20_000
Row = TypeVar("Row", bound=Model)


def dialect() -> str:
    """The database's dialect as `filters` names it."""
    return "sqlite" if connection.vendor == "sqlite" else "postgresql"


def day_of(column: str) -> dict[str, str]:
    """The day, in UTC, of a column of moments, in each dialect: the ``sql`` of a `Column` of dates."""
    return {"sqlite": f"date({column})", "postgresql": f"({column} AT TIME ZONE 'UTC')::date"}


def narrowed(found: "QuerySet[Row]", tree: Node | None, schema: Schema) -> "QuerySet[Row]":
    """The rows of a query that a validated tree holds for; all of them without one."""
    if tree is None:
        return found
    sql = compile_sql(tree, schema, dialect=dialect())
    return found.filter(RawSQL(f"({sql.text})", sql.params, output_field=BooleanField()))  # noqa: S611, values are bound


def read_filter(text: str, schema: Schema) -> Node | None:
    """The tree an API caller sent as JSON, validated; None of an empty text.

    Raises Invalid saying where it is wrong.
    """
    if not text:
        return None
    try:
        return validate(parse(json.loads(text)), schema)
    except FilterError as error:
        raise Invalid(error.message, field=f"filter.{error.path}".rstrip(".")) from error
    except (ValueError, RecursionError) as error:
        raise Invalid(_("This is not JSON."), field="filter") from error
