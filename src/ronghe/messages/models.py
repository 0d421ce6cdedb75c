"""What is told to somebody outside a page. The table is the outbox: a row is written in the transaction of the act."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ronghe.messages.enums import MessageState


class Message(models.Model):
    """One thing told to one person of the staff (`person`) or one of the public (`identity`); the words are sealed."""

    kind = models.CharField(max_length=48, help_text="what it is about: rating-asked, reminded, sign-in-code")
    to_type = models.CharField(max_length=12, help_text="person or identity")
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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_type__in=["person", "identity"]), name="message_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="message_sent_once",
            ),
        ]
        indexes = [
            models.Index(fields=["to_type", "to_id", "-at"], name="message_to"),
            models.Index(fields=["not_before"], condition=~Q(state="sent"), name="message_outbox"),
            models.Index(
                fields=["to_id"], condition=Q(to_type="person", read_at=None), name="message_unread"
            ),
            models.Index(fields=["about_type", "about_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"message:{self.pk}"
