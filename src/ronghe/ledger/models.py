"""The ledger's three tables. They only grow: triggers refuse UPDATE and DELETE on both databases."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One fact that happened. Holds ids and values, never free personal text."""

    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=64)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject_type = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    code = models.CharField(max_length=64, default="", blank=True)
    quantity = models.BigIntegerField(null=True)
    nature = models.CharField(max_length=12, default="", blank=True)
    period = models.CharField(max_length=24, default="", blank=True)
    definition = models.CharField(max_length=96, default="", blank=True)
    edition = models.CharField(max_length=40, default="", blank=True)
    data = models.JSONField(default=dict)
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    origin = models.CharField(max_length=24, default="", blank=True)
    batch = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "seq"], name="entry_seq_once"),
        ]
        indexes = [
            models.Index(fields=["kind", "at"], name="entry_kind_at"),
            models.Index(fields=["organisation", "kind", "at"], name="entry_organisation"),
            models.Index(
                fields=["corrects"], condition=models.Q(corrects__isnull=False), name="entry_corrects"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type}:{self.subject_id}#{self.seq}"


class Touch(models.Model):
    """What else an entry is about, and in which role (organiser, partner, about, holder, person …)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="touches", db_index=False)
    role = models.CharField(max_length=32)
    type = models.CharField(max_length=24)
    ref = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "role", "type", "ref"], name="touch_once")]
        indexes = [models.Index(fields=["type", "ref", "role"], name="touch_lookup")]

    def __str__(self) -> str:
        return f"{self.role}={self.type}:{self.ref}"


class Position(models.Model):
    """The global order. Ids commit out of order, so only the sequencer gives positions, one transaction at a time."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="position")

    def __str__(self) -> str:
        return f"{self.position}"
