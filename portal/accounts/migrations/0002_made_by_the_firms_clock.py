from django.db import migrations, models


class Migration(migrations.Migration):
    """Only where the value comes from changes, not the column."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="apitoken", name="created_at", field=models.DateTimeField()
                )
            ]
        )
    ]
