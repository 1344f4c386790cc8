from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_devices'),
    ]

    operations = [
        migrations.AddField(
            model_name='quiet',
            name='mails_from',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='quiet',
            name='refused',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='quiet',
            name='refused_email',
            field=models.EmailField(blank=True, max_length=254),
        ),
    ]
