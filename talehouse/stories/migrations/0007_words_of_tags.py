import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from talehouse.tags.suggesting import rests

BATCH = 1000


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The words of all names that are there; from here on the rules keep them."""
    TagUse, TagWord = apps.get_model("stories", "TagUse"), apps.get_model("stories", "TagWord")
    last = 0
    while batch := list(TagUse.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        TagWord.objects.bulk_create(
            [
                TagWord(tag_id=use.tag_id, kind=use.kind, rest=rest, stories=use.stories)
                for use in batch
                for rest in rests(use.key)
            ]
        )
        last = batch[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0006_ranked'),
        ('tags', '0002_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='TagWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('rest', models.CharField(max_length=60)),
                ('stories', models.PositiveIntegerField(default=0)),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='words', to='tags.tag')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'rest', 'stories', 'tag'], name='tag_word_found', opclasses=['text_ops', 'text_pattern_ops', 'int4_ops', 'int8_ops'])],
                'constraints': [models.UniqueConstraint(fields=('tag', 'rest'), name='tag_word_once')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
