"""Editions: what the packs say, dated and frozen once used."""

from __future__ import annotations

from typing import Any

from django.db import models


class Edition(models.Model):
    """One edition of one definition; frozen by `hash` from the first use on."""

    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=64)
    edition = models.CharField(max_length=40)
    effective = models.DateField()
    title = models.CharField(max_length=200)
    body = models.TextField(help_text="JSON in the order of the file, which databases would not keep")
    hash = models.CharField(max_length=64)
    pack = models.CharField(max_length=64)
    source_file = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(
        max_length=64, default="", blank=True, help_text="who signed it on a page; empty: it came with a pack"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "edition"], name="edition_once"),
            models.UniqueConstraint(fields=["kind", "code", "effective"], name="edition_one_a_day"),
        ]
        indexes = [models.Index(fields=["kind", "code", "-effective"], name="edition_lookup")]

    def __str__(self) -> str:
        return f"{self.title} {self.edition}"

    @property
    def reference(self) -> str:
        """How a ledger entry names the definition: `kind:code`."""
        return f"{self.kind}:{self.code}"

    @property
    def is_fixed(self) -> bool:
        """Whether its content may not change any more: something uses it, or somebody signed it."""
        return self.frozen_at is not None or bool(self.signed_by)


class CalendarNotice(models.Model):
    """One version of a year's days off and make-up days as entered on a page. Never changed: a correction is the next
    version, and the newest of a year stands in place of what the packs say of it.
    """

    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    rows = models.JSONField(help_text="[day, worked or not, name]")
    fingerprint = models.CharField(max_length=12)
    document = models.CharField(max_length=80)
    published_on = models.DateField(null=True)
    entered_by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "version"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.year}#{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a notice is never changed: publish the next version")
        super().save(*args, **kwargs)


class Rederivation(models.Model):
    """How far the due dates follow a published notice: the passes of the worker go on here after it was stopped."""

    notice = models.OneToOneField(CalendarNotice, on_delete=models.CASCADE, related_name="rederivation")
    began_at = models.DateTimeField(null=True)
    last_case = models.PositiveBigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.notice)


class HoursNotice(models.Model):
    """Office hours as set on a page, from a day on; of two for one day the later stands. Never changed; beside it, how far
    the due dates follow it.
    """

    effective = models.DateField()
    spans = models.JSONField(help_text='[["09:00", "12:00"], …]')
    document = models.CharField(max_length=80, default="", blank=True)
    entered_by = models.CharField(max_length=64)
    at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    last_case = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["effective", "id"], name="hours_effective")]

    def __str__(self) -> str:
        return str(self.effective)


class Proposal(models.Model):
    """A definition somebody uploaded, until it is signed or put aside; what is wrong with it is computed, not kept."""

    text = models.TextField(help_text="the file as uploaded")
    file_name = models.CharField(max_length=120)
    uploaded_by = models.CharField(max_length=64)
    at = models.DateTimeField()
    edition = models.OneToOneField(Edition, null=True, on_delete=models.PROTECT, related_name="proposal")
    dropped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name


class ListLine(models.Model):
    """One line of a list the city fills itself (`lines: []`), as it stood from a day to a day; its code stays the same."""

    list = models.CharField(max_length=64, help_text="code of the list definition")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    facts = models.JSONField(default=dict, blank=True)
    order = models.PositiveIntegerField(default=0)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=0, help_text="seq of its last ledger entry")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list", "code"], condition=models.Q(ends=None), name="list_line_one_live"
            ),
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("begins")), name="list_line_days"
            ),
        ]
        indexes = [models.Index(fields=["list", "order"], name="list_line_order")]

    def __str__(self) -> str:
        return self.title
