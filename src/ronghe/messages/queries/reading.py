"""The words of messages, for those they were sent to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from ronghe.messages.models import Message
from ronghe.messages.rules import Address
from ronghe.organisations.domain import open_text


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
