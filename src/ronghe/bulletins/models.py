"""Bulletins: notices, circulars and papers. Frozen when issued, signed by different people, shown for so long, answerable."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ronghe.bulletins.enums import Ending, State
from ronghe.bulletins.managers import BulletinQuerySet


class Bulletin(models.Model):
    """One paper. `content` is what it says, part by part; once issued it is never changed and its hash is in the ledger."""

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    bulletin = models.CharField(max_length=64, help_text="code of the bulletin definition")
    number = models.CharField(max_length=60, default="", blank=True, help_text="文号, given when issued")
    title = models.CharField(max_length=200)
    content = models.JSONField(default=dict, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="bulletins",
        help_text="who issues it",
    )
    about_type = models.CharField(max_length=24, default="", blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    case = models.ForeignKey(
        "casework.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="the case whose step runs it",
    )  # fmt: skip
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    period = models.CharField(max_length=24, default="", blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    signed = models.JSONField(default=list, blank=True, help_text="[{sign, actor, at}] in order")
    opener = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="shown until; nothing: without end")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hash = models.CharField(max_length=64, default="", blank=True)
    notes = models.JSONField(
        default=list, blank=True, help_text="[{no, text, actor, at}]: why it was handed back or taken down"
    )
    ending = models.CharField(max_length=12, choices=Ending.choices, default="", blank=True)
    over_at = models.DateTimeField(
        null=True, blank=True, help_text="when its end was noted and told to its case"
    )
    submission = models.UUIDField(null=True, blank=True, unique=True)
    revision = models.PositiveIntegerField(default=0, help_text="seq of its last ledger entry")

    objects = BulletinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "period", "about_type", "about_id"],
                condition=~Q(period=""),
                name="bulletin_once_a_period",
            ),
            models.UniqueConstraint(
                fields=["organisation", "number"], condition=~Q(number=""), name="bulletin_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["about_type", "about_id"], name="bulletin_about"),
            models.Index(fields=["state", "until"], name="bulletin_shown"),
            models.Index(fields=["organisation", "state"], name="bulletin_issuer"),
        ]

    def __str__(self) -> str:
        return self.title


class Numbering(models.Model):
    """The last number one unit gave under one beginning of a 文号."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=60)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "prefix"], name="paper_numbering_once")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"


class Printout(models.Model):
    """A paper to be made into PDF, by what it says. Worked off by the worker; tried again, and after the last try left to a
    person. The file itself lies beside the database, under `digest`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等着制作")
        DONE = "done", _("已做好")
        FAILED = "failed", _("没有做成")
        DROPPED = "dropped", _("不再制作")

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="printouts")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the .docx")
    docx = models.BinaryField(null=True, blank=True, help_text="what is converted; gone once it is done")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    trouble = models.CharField(max_length=48, default="", blank=True, help_text="code of the last trouble")
    done_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        "organisations.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["state", "not_before"], name="printout_due")]

    def __str__(self) -> str:
        return self.digest[:12]
