"""Judgements: what somebody else found. Ratings first; checks, look-backs and surveys are more of the same."""

from __future__ import annotations

from django.db import models


class Judgement(models.Model):
    """One asked (and perhaps given) judgement of a subject, for one round of it."""

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    judgement = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="judgements"
    )
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    actor = models.CharField(max_length=64, default="", blank=True)
    score = models.SmallIntegerField(null=True, blank=True)
    values = models.JSONField(default=dict, blank=True)
    comment = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["judgement", "subject_type", "subject_id", "round"], name="judgement_once_a_round"
            )
        ]

    def __str__(self) -> str:
        return f"{self.judgement} {self.subject_type}:{self.subject_id} r{self.round}"
