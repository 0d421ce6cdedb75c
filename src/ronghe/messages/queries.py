"""Reading messages: by the one they were sent to, and what lies in the outbox."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from ronghe.messages.enums import MessageState
from ronghe.messages.models import Message
from ronghe.messages.rules import IDENTITY, PERSON, Address
from ronghe.organisations.domain import open_text

TEST = "test"


@dataclass(frozen=True, slots=True)
class Told:
    """A message opened for its reader. `repr` says nothing of the words, so that no log does."""

    pk: int
    to: Address
    kind: str
    title: str
    text: str
    link: str
    about: tuple[str, int] | None
    at: dt.datetime
    state: str
    sent_at: dt.datetime | None
    read_at: dt.datetime | None
    urgent: bool = False

    def __repr__(self) -> str:
        return f"Told({self.pk})"


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
    return Message.objects.filter(to_type=PERSON, to_id=person_id, read_at=None).count()


def sent_to_identity(identity_id: int, *, most: int = 50) -> list[Told]:
    """What was told to one of the public, newest first, what still waits included; one query."""
    return opened(Message.objects.filter(to_type=IDENTITY, to_id=identity_id).order_by("-at", "-pk")[:most])


def shows_test_messages() -> bool:
    """Whether this is a demonstration in which nothing leaves the machine."""
    return bool(settings.DEMO) and settings.TRANSPORT == TEST


def on_test_transport(*, most: int = 10) -> list[Told]:
    """The last messages to the public that the test transport took; none unless this is a demonstration."""
    if not shows_test_messages():
        return []
    taken = Message.objects.filter(to_type=IDENTITY, transport=TEST, state=MessageState.SENT)
    return opened(taken.order_by("-sent_at", "-pk")[:most])


def troubled() -> QuerySet[Message]:
    """What a transport did not take, longest waiting first; it is tried again."""
    return Message.objects.filter(state=MessageState.FAILED).order_by("at", "pk")


def opened(messages: Iterable[Message]) -> list[Told]:
    """The messages with their words; those wiped are left out."""
    return [_opened(message) for message in messages if message.sealed is not None]


def words_of(message: Message) -> tuple[str, str, str]:
    """Title, text and link; nothing of a wiped one."""
    if message.sealed is None:
        return "", "", ""
    kept = json.loads(open_text(bytes(message.sealed)))
    return kept["title"], kept["text"], kept["link"]


def _opened(message: Message) -> Told:
    title, text, link = words_of(message)
    about = (message.about_type, message.about_id) if message.about_id is not None else None
    return Told(
        message.pk,
        Address(message.to_type, message.to_id),
        message.kind,
        title,
        text,
        link,
        about,
        message.at,
        message.state,
        message.sent_at,
        message.read_at,
        message.urgent,
    )
