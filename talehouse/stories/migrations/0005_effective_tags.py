import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from talehouse.tags.suggesting import same_key

BATCH = 1000


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody has put tags in order yet, so each story is found under its own; and the keys of all names."""
    editor.execute(
        "INSERT INTO stories_effectivetag (story_id, tag_id, inherited) "
        "SELECT story_id, tag_id, 1 = 0 FROM stories_storytag"
    )
    TagUse = apps.get_model("stories", "TagUse")
    last = 0
    while batch := list(TagUse.objects.filter(pk__gt=last).select_related("tag").order_by("pk")[:BATCH]):
        for use in batch:
            use.same = same_key(use.kind, use.tag.name)
        TagUse.objects.bulk_update(batch, ["same"])
        last = batch[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0004_feeds'),
        ('tags', '0002_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='EffectiveTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inherited', models.BooleanField(default=False)),
                ('story', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='effective_tags', to='stories.story')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='effective_tags', to='tags.tag')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('story', 'tag'), name='effective_tag_once')],
                'indexes': [models.Index(fields=['tag', 'story'], name='effective_tag_stories')],
            },
        ),
        migrations.CreateModel(
            name='StaleStory',
            fields=[
                ('story', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='stories.story')),
            ],
        ),
        migrations.AddField(
            model_name='taguse',
            name='same',
            field=models.CharField(default='', max_length=200),
        ),
        migrations.AddIndex(
            model_name='taguse',
            index=models.Index(fields=['kind', 'same'], name='tag_use_same'),
        ),
        migrations.AddIndex(
            model_name='taguse',
            index=models.Index(fields=['-stories', 'tag'], name='tag_use_most'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
