"""Which version of its terms the index holds: today's in an empty market, the first in one that has cards."""

from django.db import migrations, models

from fairboard.market import index


def note(apps, schema_editor):
    has_cards = apps.get_model("market", "Card").objects.exists()
    apps.get_model("market", "IndexState").objects.create(pk=1, version=1 if has_cards else index.VERSION)


class Migration(migrations.Migration):
    dependencies = [("market", "0005_tokens_key")]
    operations = [
        migrations.CreateModel(
            name="IndexState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("rebuilding", models.PositiveIntegerField(default=0)),
                ("done", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
