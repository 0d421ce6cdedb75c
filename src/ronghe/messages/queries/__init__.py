"""Reading messages: by the one they were sent to, and what lies in the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet

from ronghe.messages.enums import MessageState
from ronghe.messages.models import Attempt, Message
from ronghe.messages.queries.letters import counts, dead_letters, failing, whose
from ronghe.messages.queries.reading import Told, opened, words_of
from ronghe.messages.rules import IDENTITY, PERSON, REACH
from ronghe.rows import asked

__all__ = [
    "Told",
    "attempts_of",
    "counts",
    "dead_letters",
    "failing",
    "inbox",
    "messages_to",
    "on_test_transport",
    "opened",
    "sent_to_identity",
    "shows_test_messages",
    "told",
    "troubled",
    "unread_count",
    "whose",
    "words_of",
]

TEST = "test"
_UNREAD = "SELECT COUNT(*) FROM messages_room_message WHERE to_type = %s AND to_id = %s AND read_at IS NULL"


def messages_to(person_id: int) -> QuerySet[Message]:
    """Everything told to one of the staff, newest first."""
    return Message.objects.filter(to_type=PERSON, to_id=person_id).order_by("-at", "-pk")


def inbox(person_id: int, *, most: int = 50) -> list[Told]:
    """The newest of what was told to one of the staff, opened; one query."""
    return opened(messages_to(person_id)[:most])


def told(person_id: int, pk: int) -> Message | None:
    """One of the messages to one of the staff; None when it is not theirs."""
    return messages_to(person_id).filter(pk=pk).first()


def unread_count(person_id: int) -> int:
    """How many of these were not opened yet."""
    ((count,),) = asked(_UNREAD, [PERSON, person_id])
    return int(count)


def sent_to_identity(identity_id: int, *, most: int = 50) -> list[Told]:
    """What was told to one of the public, newest first, what still waits included; one query."""
    return opened(Message.objects.filter(to_type=IDENTITY, to_id=identity_id).order_by("-at", "-pk")[:most])


def attempts_of(messages: Iterable[Message]) -> dict[int, list[Attempt]]:
    """By what each was tried to be sent, as it happened; one query."""
    found: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(message__in=list(messages)).order_by("at", "pk"):
        found[attempt.message_id].append(attempt)
    return found


def shows_test_messages() -> bool:
    """Whether this is a demonstration in which nothing leaves the machine."""
    return bool(settings.DEMO) and settings.TRANSPORT == TEST


def on_test_transport(*, most: int = 10) -> list[Told]:
    """The last messages to the public, and codes of addresses, that the test transport took; none unless this is a
    demonstration.
    """
    if not shows_test_messages():
        return []
    taken = Message.objects.filter(
        to_type__in=[IDENTITY, REACH], transport=TEST, state=MessageState.SENT, sealed__isnull=False
    )
    return opened(taken.order_by("-sent_at", "-pk")[:most])


def troubled() -> QuerySet[Message]:
    """What a transport did not take, longest waiting first; it is tried again."""
    return Message.objects.filter(state=MessageState.FAILED).order_by("at", "pk")
