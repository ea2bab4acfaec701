"""The search index: FTS5 on SQLite, a tsvector with GIN on PostgreSQL."""

from django.db import migrations

from fairboard.market import index


def create(apps, schema_editor):
    statements = (index.SQLITE_SCHEMA,) if schema_editor.connection.vendor == "sqlite" else index.POSTGRESQL_SCHEMA
    for statement in statements:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TABLE {index.TABLE}")
    else:
        schema_editor.execute("ALTER TABLE market_card DROP COLUMN document")


class Migration(migrations.Migration):
    dependencies = [("market", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
