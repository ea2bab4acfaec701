from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('market', '0008_photo_hash'),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='md5',
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
