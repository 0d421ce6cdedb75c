"""Subscriptions of an account, and what was delivered."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, F, QuerySet

from ronghe.messages.enums import OVER
from ronghe.messages.models import Hook, Message
from ronghe.messages.rules import HOOK
from ronghe.organisations.models import Account


def hooks_of(account: Account) -> QuerySet[Hook]:
    """All of an account, those that are live first, then the newest."""
    return Hook.objects.filter(account=account).order_by(
        F("ended_at").asc(nulls_first=True), "-made_at", "-pk"
    )


def deliveries_of(hook: Hook) -> QuerySet[Message]:
    """What was written for it, newest first."""
    return Message.objects.filter(to_type=HOOK, to_id=hook.pk).order_by("-pk")


def waiting_by_hook(hooks: Sequence[Hook]) -> dict[int, int]:
    """How many deliveries of each still wait; one query."""
    rows = Message.objects.filter(to_type=HOOK, to_id__in=[hook.pk for hook in hooks]).exclude(state__in=OVER)
    return dict(rows.order_by().values_list("to_id").annotate(n=Count("pk")))
