from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0004_never'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailfollow',
            name='refused',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
