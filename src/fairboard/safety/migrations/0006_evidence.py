"""Evidence and reports; triggers keep evidence and the log of who looked at it as they were written."""

import django.db.models.deletion
import fairboard.kit.ids
from django.db import migrations, models

CONTENT = (
    "id number public_id kind occasion case_id submission_id known_at kept_at kept_by keep_until file_name file_size "
    "file_sha256 root parts key_id previous digest"
).split()
REFUSED = "evidence is never changed or removed"
SQLITE = (
    f"CREATE TRIGGER safety_evidence_immutable BEFORE UPDATE OF {', '.join(CONTENT)} ON safety_evidence "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "CREATE TRIGGER safety_evidence_disposed_once BEFORE UPDATE ON safety_evidence WHEN OLD.disposed_at IS NOT NULL "
    "OR (OLD.disposing_at IS NOT NULL AND NEW.disposing_at IS NOT OLD.disposing_at) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    f"CREATE TRIGGER safety_evidence_kept BEFORE DELETE ON safety_evidence BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "CREATE TRIGGER safety_evidenceaccess_immutable BEFORE UPDATE ON safety_evidenceaccess "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "CREATE TRIGGER safety_evidenceaccess_kept BEFORE DELETE ON safety_evidenceaccess "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
)
RAISE = f"RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation';"
DISPOSAL = "'disposing_at' - 'disposed_at' - 'disposed_by'"
POSTGRESQL = (
    f"CREATE FUNCTION safety_evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {RAISE} END $$",
    "CREATE FUNCTION safety_evidence_disposal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF (to_jsonb(NEW) - {DISPOSAL}) IS DISTINCT FROM (to_jsonb(OLD) - {DISPOSAL}) OR OLD.disposed_at IS NOT NULL "
    "OR (OLD.disposing_at IS NOT NULL AND NEW.disposing_at IS DISTINCT FROM OLD.disposing_at) "
    f"THEN {RAISE} END IF; RETURN NEW; END $$",
    "CREATE TRIGGER safety_evidence_immutable BEFORE UPDATE ON safety_evidence "
    "FOR EACH ROW EXECUTE FUNCTION safety_evidence_disposal()",
    "CREATE TRIGGER safety_evidence_kept BEFORE DELETE ON safety_evidence "
    "FOR EACH ROW EXECUTE FUNCTION safety_evidence_refuse()",
    "CREATE TRIGGER safety_evidenceaccess_immutable BEFORE UPDATE OR DELETE ON safety_evidenceaccess "
    "FOR EACH ROW EXECUTE FUNCTION safety_evidence_refuse()",
)


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """The triggers go with their tables; PostgreSQL's functions stay behind."""
    if schema_editor.connection.vendor != "sqlite":
        for name in ("refuse", "disposal"):
            schema_editor.execute(f"DROP FUNCTION safety_evidence_{name}() CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0005_networks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('public_id', fairboard.kit.ids.PublicIdField(default=fairboard.kit.ids.new_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('occasion', models.CharField(blank=True, max_length=40)),
                ('known_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.CharField(blank=True, max_length=16)),
                ('keep_until', models.DateTimeField()),
                ('file_name', models.CharField(max_length=80, unique=True)),
                ('file_size', models.PositiveBigIntegerField()),
                ('file_sha256', models.CharField(max_length=64)),
                ('root', models.CharField(max_length=64)),
                ('parts', models.JSONField()),
                ('key_id', models.CharField(max_length=12)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('disposing_at', models.DateTimeField(null=True)),
                ('disposed_at', models.DateTimeField(null=True)),
                ('disposed_by', models.CharField(blank=True, max_length=16)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='safety.case')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='safety.submission')),
            ],
        ),
        migrations.CreateModel(
            name='EvidenceAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', fairboard.kit.ids.PublicIdField(default=fairboard.kit.ids.new_id, editable=False, max_length=16, unique=True)),
                ('actor_kind', models.CharField(max_length=12)),
                ('actor_id', models.CharField(blank=True, max_length=64)),
                ('actor_name', models.CharField(blank=True, max_length=80)),
                ('how', models.CharField(max_length=8)),
                ('purpose', models.CharField(max_length=20)),
                ('reason', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='safety.evidence')),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', fairboard.kit.ids.PublicIdField(default=fairboard.kit.ids.new_id, editable=False, max_length=16, unique=True)),
                ('state', models.CharField(default='draft', max_length=10)),
                ('incident_type', models.CharField(max_length=80)),
                ('note', models.TextField(blank=True)),
                ('high_priority', models.TextField(blank=True)),
                ('with_photos', models.BooleanField(default=True)),
                ('photos_viewed', models.BooleanField(default=False)),
                ('known_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=16)),
                ('created_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=16)),
                ('approved_at', models.DateTimeField(null=True)),
                ('service_id', models.CharField(blank=True, max_length=40)),
                ('finished_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('alarmed_at', models.DateTimeField(null=True)),
                ('lease', models.CharField(blank=True, max_length=16)),
                ('leased_until', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='safety.case')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='safety.evidence')),
                ('sent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='safety.evidence')),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(default='opening', max_length=10)),
                ('service_id', models.CharField(blank=True, max_length=40)),
                ('opened_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='safety.report')),
                ('sent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='safety.evidence')),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('file_name', models.CharField(blank=True, max_length=100)),
                ('file_id', models.CharField(blank=True, max_length=64)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=8)),
                ('code', models.IntegerField(null=True)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='safety.attempt')),
            ],
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(condition=models.Q(('disposed_at__isnull', True)), fields=['keep_until'], name='safety_evidence_term'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(fields=('case', 'submission', 'kind', 'occasion'), name='safety_evidence_once'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['submission', 'report'])), name='safety_evidence_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'sending', 'failed', 'finished', 'checked', 'retracting', 'retracted', 'discarded'))), name='safety_report_state_known'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'sending', 'failed', 'retracting'])), fields=('case',), name='safety_report_one_open'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('report', 'number'), name='safety_attempt_once'),
        ),
        migrations.RunPython(create, drop),
    ]
