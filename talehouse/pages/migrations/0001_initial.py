from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="version_starts_at_1")
                ],
            },
        ),
    ]
