"""Whether a story may stand in rankings."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0005_effective_tags'),
    ]

    operations = [
        migrations.AddField(
            model_name='story',
            name='ranked',
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
