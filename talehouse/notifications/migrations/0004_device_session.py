from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_refused_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='session',
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
