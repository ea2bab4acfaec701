"""A submission is evidence: what was written and how it was judged can never be changed."""

from django.db import migrations

MESSAGE = "a submission is never changed"
SQLITE = (
    "CREATE TRIGGER safety_submission_immutable BEFORE UPDATE ON safety_submission "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION safety_submission_immutable() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER safety_submission_immutable BEFORE UPDATE ON safety_submission "
    "FOR EACH ROW EXECUTE FUNCTION safety_submission_immutable()",
)


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER safety_submission_immutable")
    else:
        schema_editor.execute("DROP TRIGGER safety_submission_immutable ON safety_submission")
        schema_editor.execute("DROP FUNCTION safety_submission_immutable()")


class Migration(migrations.Migration):
    dependencies = [("safety", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
