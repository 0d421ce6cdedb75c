"""Editions: what the packs say, dated and frozen once used."""

from __future__ import annotations

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
