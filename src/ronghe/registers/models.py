"""Registers: dated entries that work is about, and the figures kept of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ronghe.enclosed import AnswerRow
from ronghe.registers.managers import EntryQuerySet


class Entry(models.Model):
    """One entry of a register. `values` are today's; those of a past day are in its states. With a life it has a stage."""

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=64, help_text="code of the register definition")
    title = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
        help_text="who keeps it",
    )
    values = models.JSONField(default=dict, blank=True)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=40, default="", blank=True)
    confirmed_on = models.DateField(help_text="when somebody last said that it is so")
    life = models.ForeignKey(
        "casework.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="the case that runs its life: its open step is the stage",
    )  # fmt: skip
    came_from_type = models.CharField(max_length=24, default="", blank=True)
    came_from_id = models.BigIntegerField(null=True, blank=True)
    opener = models.CharField(max_length=64)
    submission = models.UUIDField(null=True, blank=True, unique=True)
    source = models.CharField(max_length=60, default="", blank=True)
    source_number = models.CharField(max_length=80, default="", blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="seq of its last ledger entry")

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("begins")), name="entry_days"),
            models.UniqueConstraint(
                fields=["register", "source", "source_number"],
                condition=~Q(source_number=""),
                name="entry_imported_once",
            ),
        ]
        indexes = [
            models.Index(fields=["register", "title"], name="entry_register"),
            models.Index(fields=["organisation", "register"], name="entry_keeper"),
            models.Index(fields=["came_from_type", "came_from_id"], name="entry_came_from"),
        ]

    def __str__(self) -> str:
        return self.title


class EntryFile(AnswerRow):
    """A file that answers a field of an entry, on any of its days."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="files")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "no"], name="entry_file_once")]


class EntryState(models.Model):
    """What an entry said from a day on, until its next state."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="states")
    begins = models.DateField()
    title = models.CharField(max_length=200)
    values = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "begins", "at"], name="entry_state_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.begins}"


class Figure(models.Model):
    """A quantity of an entry or organisation: how much, of which nature, for which period. A mended one names the old."""

    subject_type = models.CharField(max_length=24, help_text="entry or organisation")
    subject_id = models.BigIntegerField()
    code = models.CharField(max_length=64)
    nature = models.CharField(max_length=12, default="actual")
    period = models.CharField(
        max_length=24, default="", blank=True, help_text="2026-03, 2026-Q1 …; nothing: as of `at`"
    )
    value = models.BigIntegerField(help_text="whole smallest units, as the definition's `places` says")
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    document = models.CharField(max_length=80, default="", blank=True)
    ledger = models.BigIntegerField(help_text="id of its ledger entry")
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "code", "nature", "period"],
                condition=Q(replaced_by=None) & ~Q(period=""),
                name="figure_one_stands",
            )
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id", "code"], name="figure_subject")]

    def __str__(self) -> str:
        return f"{self.code} {self.period} {self.value}"
