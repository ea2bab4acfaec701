import fairboard.kit.ids
from django.db import migrations, models


def name_database(apps, schema_editor):
    apps.get_model('safety', 'PhotoIndex').objects.create(pk=1, edition=fairboard.kit.ids.new_id())


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0009_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='PhotoIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.CharField(max_length=16)),
            ],
        ),
        migrations.RunPython(name_database, migrations.RunPython.noop),
    ]
