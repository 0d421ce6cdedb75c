"""What is told to somebody outside a page. The table is the outbox: a row is written in the transaction of the act."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ronghe.messages.enums import OVER, Channel, MessageState

_OVER = Q(state__in=[str(state) for state in OVER])


class Message(models.Model):
    """One thing told to one of the staff (`person`), of the public (`identity`), a subscription (`hook`) or an address that
    is being verified (`reach`); the words are sealed.
    """

    kind = models.CharField(max_length=48, help_text="what it is about: rating-asked, reminded, sign-in-code")
    to_type = models.CharField(max_length=12, help_text="person, identity, hook or reach")
    to_id = models.BigIntegerField()
    about_type = models.CharField(max_length=24, default="", blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    sealed = models.BinaryField(null=True, help_text="title, text and link; None once wiped")
    at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.WAITING)
    not_before = models.DateTimeField(
        help_text="the next try; while handing, when another worker may take it"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=48, default="", blank=True, help_text="why the last try failed")
    digest = models.BigIntegerField(null=True, blank=True, help_text="the first of those handed over as one")
    transport = models.CharField(max_length=24, default="", blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    owner = models.BigIntegerField(null=True, blank=True, help_text="the person who sees to a dead letter")
    note = models.CharField(max_length=200, default="", blank=True, help_text="why it is not sent any more")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_type__in=["person", "identity", "hook", "reach"]), name="message_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="message_sent_once",
            ),
        ]
        indexes = [
            models.Index(fields=["to_type", "to_id", "-at"], name="message_to"),
            models.Index(fields=["not_before"], condition=~_OVER, name="message_outbox"),
            models.Index(fields=["at"], condition=Q(state="dead"), name="message_dead"),
            models.Index(
                fields=["to_id"], condition=Q(to_type="person", read_at=None), name="message_unread"
            ),
            models.Index(fields=["about_type", "about_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"message:{self.pk}"


class Attempt(models.Model):
    """One try to hand a message to one channel, and how it went."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    channel = models.CharField(max_length=24)
    at = models.DateTimeField()
    ok = models.BooleanField()
    trouble = models.CharField(max_length=48, default="", blank=True)
    took_ms = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.channel} {self.ok}"


class Reach(models.Model):
    """Where somebody is reached by a channel: entered by themselves, in force once they typed the code sent there."""

    to_type = models.CharField(max_length=12, help_text="person or identity (of a visitor)")
    to_id = models.BigIntegerField()
    channel = models.CharField(max_length=12, choices=Channel.choices)
    sealed = models.BinaryField(null=True, help_text="the verified address")
    verified_at = models.DateTimeField(null=True, blank=True)
    asked = models.BinaryField(null=True, help_text="the address that is being verified")
    asked_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["to_type", "to_id", "channel"], name="reach_once")]

    def __str__(self) -> str:
        return f"reach:{self.pk}"


class Preference(models.Model):
    """What somebody chose: by group the channels and whether once a day, and their own quiet hours."""

    to_type = models.CharField(max_length=12, help_text="person or identity (of a visitor)")
    to_id = models.BigIntegerField()
    choices = models.JSONField(default=dict, help_text="group → {channels: [...], daily: bool}")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["to_type", "to_id"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.to_type}:{self.to_id}"


class Hook(models.Model):
    """A subscription of another system to what happens to the cases its owner's account sees."""

    class Cause(models.TextChoices):
        OWN = "own", _("由本人停下")
        FAILING = "failing", _("连续一天没有收下")
        GONE = "gone", _("对方声明不再接收")
        CLOSED = "closed", _("订阅人的账号已停用")

    account = models.ForeignKey("organisations.Account", on_delete=models.PROTECT, related_name="hooks")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    sealed = models.BinaryField(help_text="the secret deliveries are signed with")
    former = models.BinaryField(
        null=True, blank=True, help_text="the secret before, which signs beside the new one for a while"
    )
    former_until = models.DateTimeField(null=True, blank=True)
    kinds = models.JSONField(default=list, help_text="kinds of ledger entries it wants")
    position = models.BigIntegerField(help_text="the last ledger position that was looked at")
    made_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    cause = models.CharField(max_length=12, choices=Cause.choices, default="", blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) | Q(active=False), name="hook_ended_is_silent"),
            models.CheckConstraint(condition=Q(position__gte=0), name="hook_position"),
        ]

    def __str__(self) -> str:
        return self.name
