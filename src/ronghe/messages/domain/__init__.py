"""The one writer of messages: written in the transaction of the act, handed over by the worker, marked as read."""

from ronghe.messages.domain.delivering import deliver
from ronghe.messages.domain.letters import drop_letter, retry_letter, take_letter
from ronghe.messages.domain.writing import mark_all_read, mark_read, rotate_messages, send, wipe
from ronghe.messages.rules import Address

__all__ = [
    "Address",
    "deliver",
    "drop_letter",
    "mark_all_read",
    "mark_read",
    "retry_letter",
    "rotate_messages",
    "send",
    "take_letter",
    "wipe",
]
