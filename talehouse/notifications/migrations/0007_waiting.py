from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_notes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('new-part', 'A new part of what I follow'), ('reply', 'An answer to my comment'), ('mention', 'Somebody names me'), ('comment', 'A comment on my story'), ('votes', 'Votes for my story'), ('invitation', 'An invitation to work on a story'), ('note', 'A private note beside a draft'), ('people', 'What the people of my story propose, and their answers'), ('decision', 'A decision of a moderator'), ('release', 'My part has come out, or could not'), ('waiting', 'Accounts and first stories that wait for the host')], max_length=12),
        ),
        migrations.AlterField(
            model_name='wish',
            name='kind',
            field=models.CharField(choices=[('new-part', 'A new part of what I follow'), ('reply', 'An answer to my comment'), ('mention', 'Somebody names me'), ('comment', 'A comment on my story'), ('votes', 'Votes for my story'), ('invitation', 'An invitation to work on a story'), ('note', 'A private note beside a draft'), ('people', 'What the people of my story propose, and their answers'), ('decision', 'A decision of a moderator'), ('release', 'My part has come out, or could not'), ('waiting', 'Accounts and first stories that wait for the host')], max_length=12),
        ),
    ]
