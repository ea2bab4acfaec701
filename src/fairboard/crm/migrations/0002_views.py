"""Saved views, bulk edits, what was looked at last, and the search index of records."""

import django.db.models.deletion
import fairboard.kit.ids
from fairboard.crm import search
from django.db import migrations, models


def create(apps, schema_editor):
    statements = search.SQLITE_SCHEMA if schema_editor.connection.vendor == "sqlite" else search.POSTGRESQL_SCHEMA
    for statement in statements:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP INDEX crm_record_called")
    schema_editor.execute(f"DROP TABLE {search.TABLE}")


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', fairboard.kit.ids.PublicIdField(default=fairboard.kit.ids.new_id, editable=False, max_length=16, unique=True)),
                ('act', models.CharField(max_length=10)),
                ('actor_id', models.CharField(max_length=16)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('values', models.JSONField(default=dict)),
                ('owner_id', models.CharField(max_length=16, null=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('last_pk', models.BigIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('undone', models.PositiveIntegerField(default=0)),
                ('skipped', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.objecttype')),
            ],
        ),
        migrations.CreateModel(
            name='BulkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_done', models.BooleanField(default=False)),
                ('event_id', models.BigIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('skipped', models.JSONField(default=list)),
                ('bulk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='crm.bulkedit')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.record')),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', fairboard.kit.ids.PublicIdField(default=fairboard.kit.ids.new_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('owner_id', models.CharField(max_length=16)),
                ('is_shared', models.BooleanField(default=False)),
                ('kind', models.CharField(default='table', max_length=10)),
                ('tree', models.JSONField(default=dict)),
                ('columns', models.JSONField(default=list)),
                ('sort', models.CharField(blank=True, max_length=60)),
                ('group', models.CharField(blank=True, max_length=60)),
                ('options', models.JSONField(default=dict)),
                ('position', models.PositiveSmallIntegerField(default=100)),
                ('index_name', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.objecttype')),
            ],
        ),
        migrations.CreateModel(
            name='Seen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member_id', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.record')),
            ],
        ),
        migrations.AddConstraint(
            model_name='bulkedit',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'running', 'done', 'undoing', 'undone'))), name='crm_bulk_state_known'),
        ),
        migrations.AddConstraint(
            model_name='bulkrow',
            constraint=models.UniqueConstraint(fields=('bulk', 'record'), name='crm_bulk_row_once'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('table', 'board', 'calendar', 'map'))), name='crm_view_kind_known'),
        ),
        migrations.AddIndex(
            model_name='seen',
            index=models.Index(fields=['member_id', 'at'], name='crm_seen_latest'),
        ),
        migrations.AddConstraint(
            model_name='seen',
            constraint=models.UniqueConstraint(fields=('member_id', 'record'), name='crm_seen_once'),
        ),
        migrations.RunPython(create, drop),
    ]
