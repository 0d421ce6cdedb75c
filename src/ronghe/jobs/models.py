"""One row for each kind of background work. What is to be done is never kept here: every chore finds it in its own tables."""

from __future__ import annotations

from django.db import models


class Chore(models.Model):
    """How one kind of background work goes. `code` is that of `ronghe.management.chores`."""

    code = models.CharField(max_length=40, unique=True)
    tried_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True, help_text="the last time it went well")
    took_ms = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="in a row, since it last went well")
    trouble = models.CharField(max_length=120, default="", blank=True, help_text="the kind of the last error")
    owner = models.ForeignKey(
        "organisations.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return self.code
