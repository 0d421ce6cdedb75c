"""Phones and identity numbers are asked for whole: PostgreSQL needs one index over each of their digests, not two."""

from django.db import migrations

from ronghe.indexes import drop_like_indexes


class Migration(migrations.Migration):
    dependencies = [("organisations", "0006_found_by_id_number")]

    operations = [drop_like_indexes("organisations_identity", "phone_index", "id_index")]
