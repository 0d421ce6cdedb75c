"""Duties: what is owed again and again. What is stored is who was excused, who was told, and how far the check came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ronghe.duties.enums import Standing
from ronghe.duties.managers import OwedQuerySet


class Owing(models.Model):
    """One line of one duty, by whom it is owed: an organisation, post, entry, relationship or case."""

    duty = models.CharField(max_length=64)
    line = models.CharField(max_length=64, default="", blank=True)
    holder_type = models.CharField(max_length=24)
    holder_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Owed(Owing):
    """How a duty stands for a holder in a period: computed by the check from what happened, kept only to be read fast."""

    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.CASCADE,
        related_name="owed",
        help_text="who answers for it",
    )
    period = models.CharField(max_length=24, help_text="2026-03, 2026-Q1 …, or two days")
    begins = models.DateField()
    ends = models.DateField(help_text="the last day on which it can be met in time")
    standing = models.CharField(max_length=8, choices=Standing.choices)
    met_on = models.DateField(null=True, blank=True)
    met_type = models.CharField(max_length=24, default="", blank=True)
    met_id = models.BigIntegerField(null=True, blank=True)
    gaps = models.PositiveSmallIntegerField(default=0, help_text="gaps in a row, up to and with this period")

    objects = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "line", "holder_type", "holder_id", "period"], name="owed_once"
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="owed_days"),
        ]
        indexes = [
            models.Index(fields=["organisation", "ends"], name="owed_organisation"),
            models.Index(fields=["duty", "line", "ends"], name="owed_duty"),
            models.Index(fields=["period", "duty", "line", "standing", "organisation"], name="owed_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.duty}.{self.line} {self.holder_type}:{self.holder_id} {self.period}"


class Excuse(Owing):
    """That a holder need not do it for a while, by whom and why."""

    begins = models.DateField()
    ends = models.DateField(help_text="the last day")
    reason = models.CharField(max_length=200)
    document = models.CharField(max_length=80, default="", blank=True)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="excuse_days")]
        indexes = [models.Index(fields=["duty", "holder_type", "holder_id"], name="excuse_holder")]

    def __str__(self) -> str:
        return f"{self.duty} {self.begins}..{self.ends}"


class Reminded(Owing):
    """Which rule of a duty's `escalate` was carried out for a holder and period: each once."""

    period = models.CharField(max_length=24)
    rule = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "line", "holder_type", "holder_id", "period", "rule"], name="reminded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.period} {self.rule}"


class Confirmation(models.Model):
    """That somebody looked up the source of a duty known from memory, or of a line of it: from then on it counts."""

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=64, default="", blank=True)
    document = models.CharField(max_length=80, help_text="where it stands: the document and its article")
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "line"], condition=Q(ended_at=None), name="confirmation_one_stands"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.line} {self.document}"


class Check(models.Model):
    """The last check of all duties: as of when `Owed` stands, and how far of the ledger it had read. One row."""

    day = models.DateField()
    position = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)
