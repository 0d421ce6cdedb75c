"""An index that begins another one goes, and one over what most rows lack holds only those that have it."""

import django.db.models.deletion
from django.db import migrations, models

from ronghe.indexes import drop_indexes, drop_like_indexes


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_files_of_fields")]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_thing",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_came_from",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                drop_indexes(
                    "casework_case", "about_unit_id", "merged_into_id", "related_id", "responsible_id"
                ),
                drop_indexes("casework_step", "assignee_id", "case_id", "holder_id"),
                drop_like_indexes("casework_case", "number"),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="case",
                    name="about_unit",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_complaining_of",
                        to="organisations.organisation",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="merged_into",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="casework.case",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="related",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="relating",
                        to="casework.case",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="responsible",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_responsible",
                        to="organisations.organisation",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="assignee",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.person",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="case",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="casework.case",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="holder",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps_held",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("thing_id__isnull", False)),
                fields=["thing_type", "thing_id"],
                name="case_thing",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("came_from_id__isnull", False)),
                fields=["came_from_type", "came_from_id"],
                name="case_came_from",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("about_unit__isnull", False)),
                fields=["about_unit"],
                name="case_about_unit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("related__isnull", False)), fields=["related"], name="case_related"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="case_merged_into",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)), fields=["assignee"], name="step_assignee"
            ),
        ),
    ]
