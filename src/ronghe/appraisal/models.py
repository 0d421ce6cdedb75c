"""What was issued: figures frozen as they were, and what proves it."""

from __future__ import annotations

from django.db import models


class Bulletin(models.Model):
    """通报: one month's figures as issued, never changed; a later one of the same month is the next `round`.

    `body` is the text the hash is of; whoever recomputes at `watermark` as of `at` must find the same.
    """

    period = models.CharField(max_length=24)
    round = models.PositiveSmallIntegerField(default=1)
    watermark = models.BigIntegerField(help_text="entries positioned up to here count")
    at = models.DateTimeField(help_text="when it was issued, and as of when it counts")
    actor = models.CharField(max_length=64)
    body = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "round"], name="bulletin_round_once")]

    def __str__(self) -> str:
        return f"{self.period} r{self.round}"
