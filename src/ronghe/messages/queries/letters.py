"""Dead letters and what fails, for who looks after the installation. No words of a message are opened here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Count, QuerySet

from ronghe.messages.enums import OVER, MessageState
from ronghe.messages.models import Hook, Message
from ronghe.messages.rules import HOOK, PERSON
from ronghe.organisations.models import Person


def dead_letters() -> QuerySet[Message]:
    """What no channel takes any more and nobody settled, the oldest first; `owner` is who sees to it."""
    return Message.objects.filter(state=MessageState.DEAD).order_by("at", "pk").prefetch_related("attempts")


def failing() -> QuerySet[Message]:
    """What was not taken and is tried again, the oldest first; `not_before` is when."""
    return Message.objects.filter(state=MessageState.FAILED).order_by("at", "pk").prefetch_related("attempts")


def counts() -> dict[str, int]:
    """How many wait, fail and are dead; what is over is not counted. One query on the outbox and one on the dead."""
    rows = Message.objects.exclude(state__in=OVER).values_list("state").annotate(n=Count("pk"))
    dead = Message.objects.filter(state=MessageState.DEAD).count()
    states = (MessageState.WAITING, MessageState.HANDING, MessageState.FAILED)
    return dict.fromkeys(map(str, states), 0) | dict(rows) | {str(MessageState.DEAD): dead}


def whose(messages: Iterable[Message]) -> Mapping[int, str]:
    """Of each message, for whom it is, as an administrator may know: the name of the staff or of the subscription;
    the public has none. By the message's id; two queries.
    """
    rows = list(messages)
    people = Person.objects.in_bulk({row.to_id for row in rows if row.to_type == PERSON})
    hooks = Hook.objects.in_bulk({row.to_id for row in rows if row.to_type == HOOK})
    names: dict[str, Mapping[int, str]] = {
        PERSON: {pk: person.name for pk, person in people.items()},
        HOOK: {pk: hook.name for pk, hook in hooks.items()},
    }
    return {row.pk: names.get(row.to_type, {}).get(row.to_id, "") for row in rows}
