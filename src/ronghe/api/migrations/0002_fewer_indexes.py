"""The index of answers by token begins with the token already."""

import django.db.models.deletion
from django.db import migrations, models

from ronghe.indexes import drop_indexes


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                drop_indexes("api_given", "token_id"),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="given",
                    name="token",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.token",
                    ),
                ),
            ],
        ),
    ]
