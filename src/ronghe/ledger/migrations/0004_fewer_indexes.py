"""An index that begins another one goes, and one over what most rows lack holds only those that have it."""

import django.db.models.deletion
from django.db import migrations, models

from ronghe.indexes import drop_indexes


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_told")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                drop_indexes("ledger_entry", "corrects_id", "organisation_id"),
                drop_indexes("ledger_touch", "entry_id"),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="entry",
                    name="corrects",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="ledger.entry",
                    ),
                ),
                migrations.AlterField(
                    model_name="entry",
                    name="organisation",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                migrations.AlterField(
                    model_name="touch",
                    name="entry",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touches",
                        to="ledger.entry",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("corrects__isnull", False)), fields=["corrects"], name="entry_corrects"
            ),
        ),
    ]
