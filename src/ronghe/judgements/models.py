"""Judgements: what somebody else found. Ratings and spot checks; look-backs and surveys are more of the same."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ronghe.enclosed import AnswerRow
from ronghe.judgements.enums import Ground, Standing


class Draw(models.Model):
    """One drawing of one day's closed cases of one kind: whoever has the seed can draw the same again."""

    judgement = models.CharField(max_length=64)
    procedure = models.CharField(max_length=64)
    day = models.DateField(help_text="the day on which the cases were closed")
    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, help_text="the commitment to the seed, as the ledger has it")
    watermark = models.BigIntegerField(help_text="the ledger as far as it was read")
    rows = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judgement", "procedure", "day"], name="draw_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.judgement} {self.procedure} {self.day}"


class DrawnFrom(models.Model):
    """What a draw of a period, or by strata, drew from: things say something else later, so it is kept to repeat it."""

    draw = models.OneToOneField(Draw, on_delete=models.CASCADE, related_name="drawn_from")
    strata = models.JSONField(help_text="{name of the thing in the draw: its stratum}")

    def __str__(self) -> str:
        return str(self.draw_id)


class Panel(models.Model):
    """Several reviewers asked of one thing: drawn by a seed, each gives alone, what they gave becomes one figure when it closes."""

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    judgement = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="the unit that is judged",
    )  # fmt: skip
    organiser = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="the unit whose case asked for it, which closes it",
    )  # fmt: skip
    came_from_type = models.CharField(max_length=24, default="", blank=True)
    came_from_id = models.BigIntegerField(null=True, blank=True)
    seed = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    due = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=64, default="", blank=True)
    values = models.JSONField(default=dict, blank=True, help_text="the combined figures, once it is closed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["judgement", "subject_type", "subject_id", "round"], name="panel_once_a_round"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="panel_subject"),
            models.Index(fields=["due"], condition=Q(closed_at=None), name="panel_open"),
        ]

    def __str__(self) -> str:
        return f"{self.judgement} {self.subject_type}:{self.subject_id} r{self.round}"


class Judgement(models.Model):
    """One asked (and perhaps given) judgement of a subject, for one round of it.

    Without more a rating by who asked; with a `draw` a spot check of a reply; `is_review`: by an officer, about anything.
    """

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    judgement = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="judgements"
    )
    identity = models.ForeignKey(
        "organisations.Identity", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    draw = models.ForeignKey(Draw, null=True, blank=True, on_delete=models.PROTECT, related_name="checks")
    judge = models.ForeignKey(
        "organisations.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reply = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="the number of the reply that is checked"
    )
    asked_at = models.DateTimeField()
    due = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    actor = models.CharField(max_length=64, default="", blank=True)
    score = models.SmallIntegerField(null=True, blank=True)
    satisfied = models.BooleanField(null=True, blank=True)
    values = models.JSONField(default=dict, blank=True)
    comment = models.TextField(default="", blank=True)
    is_review = models.BooleanField(
        default=False, help_text="given by an officer about anything: look-back, verification, advice"
    )
    came_from_type = models.CharField(
        max_length=24, default="", blank=True, help_text="what asked for it: the case whose step it runs"
    )
    came_from_id = models.BigIntegerField(null=True, blank=True)
    panel = models.ForeignKey(Panel, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    seat = models.PositiveSmallIntegerField(default=0, help_text="which member of its panel")
    recused_at = models.DateTimeField(null=True, blank=True, help_text="when who was asked stepped aside")
    second_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="seconds"
    )
    standing = models.CharField(max_length=12, choices=Standing.choices, default=Standing.COUNTED)
    doubts = models.JSONField(default=list, blank=True, help_text="[{code, numbers}]: what was found odd")
    appeal = models.TextField(default="", blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appealed_by = models.CharField(max_length=64, default="", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, default="", blank=True)
    settled_ground = models.CharField(max_length=24, choices=Ground.choices, default="", blank=True)
    settled_note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["judgement", "subject_type", "subject_id", "round", "seat"],
                name="judgement_once_a_round",
            ),
            models.CheckConstraint(
                condition=Q(given_at__isnull=False)
                | Q(score=None, satisfied=None, actor="", standing=Standing.COUNTED),
                name="judgement_given_or_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="judgement_subject"),
            models.Index(fields=["organisation", "given_at"], name="judgement_organisation"),
            models.Index(fields=["judge"], condition=Q(given_at=None), name="judgement_open_checks"),
            models.Index(fields=["identity", "given_at"], name="judgement_identity"),
            models.Index(fields=["came_from_type", "came_from_id"], name="judgement_came_from"),
        ]

    def __str__(self) -> str:
        return f"{self.judgement} {self.subject_type}:{self.subject_id} r{self.round}"


class JudgementFile(AnswerRow):
    """A file that answers a field of a judgement's form."""

    judgement = models.ForeignKey(Judgement, on_delete=models.CASCADE, related_name="files")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["judgement", "no"], name="judgement_file_once")]


class Progress(models.Model):
    """How far one of our jobs has read the ledger, by position."""

    job = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.job}@{self.position}"
