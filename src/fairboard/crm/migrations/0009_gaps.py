from typing import Any

from django.db import migrations, models

from fairboard.crm.sealed import opened, sealed


def _rewrite(apps: Any, change: Any) -> None:
    table = apps.get_model("crm", "Webhook")
    for row in table.objects.order_by("pk"):
        row.secret, row.old_secret = change(row.secret), change(row.old_secret)
        row.save(update_fields=["secret", "old_secret"])


def seal(apps: Any, editor: Any) -> None:
    """Seal the secrets that were kept as they are."""
    _rewrite(apps, sealed)


def unseal(apps: Any, editor: Any) -> None:
    """Put them back as they were."""
    _rewrite(apps, lambda kept: opened(kept) if kept else kept)


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0008_reports'),
    ]

    operations = [
        migrations.AlterField('webhook', 'secret', models.CharField(max_length=400)),
        migrations.AlterField('webhook', 'old_secret', models.CharField(blank=True, max_length=400)),
        migrations.RunPython(seal, unseal),
    ]
