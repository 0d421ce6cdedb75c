from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="gave",
            field=models.JSONField(
                blank=True, default=list, help_text="what was made of its rows: [{row, type, id}]"
            ),
        ),
    ]
