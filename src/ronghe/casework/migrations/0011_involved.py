"""Who held a step of a case beside who answers for it and who heard it first: what shows it to them, kept by itself."""

import django.db.models.deletion
from django.db import migrations, models

THOSE_BEFORE = """
    INSERT INTO casework_involved (case_id, organisation_id)
    SELECT DISTINCT step.case_id, step.holder_id
    FROM casework_step step JOIN casework_case held ON held.id = step.case_id
    WHERE step.holder_id IS NOT NULL
        AND (held.responsible_id IS NULL OR held.responsible_id <> step.holder_id)
        AND (held.first_receiver_id IS NULL OR held.first_receiver_id <> step.holder_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0010_fewer_indexes"),
        ("organisations", "0008_visitor_devices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Involved",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="involved",
                        to="casework.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case"], name="involved_case")],
                "constraints": [
                    models.UniqueConstraint(fields=["organisation", "case"], name="involved_once")
                ],
            },
        ),
        migrations.RunSQL(THOSE_BEFORE, migrations.RunSQL.noop),
    ]
