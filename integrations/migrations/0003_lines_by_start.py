"""Lines by when they could be billed, so that lateness is looked up instead of searched for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0002_database_rules"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(fields=["unit", "start_at"], name="unit_started"),
        ),
    ]
