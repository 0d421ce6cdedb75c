"""The ways by which messages leave. One is chosen for an installation: `RONGHE_TRANSPORT`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from ronghe.messages.exceptions import MessageError
from ronghe.messages.rules import Address


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over at once: one message, or several for one person as a digest.

    `key` stays the same in every further try of the same single message, so that a gateway can refuse a second one.
    """

    key: str
    to: Address
    title: str
    text: str
    link: str = ""

    def __repr__(self) -> str:
        return f"Parcel({self.key})"


class Transport(Protocol):
    """Takes a parcel within a minute or raises TransportError; then it is tried again later."""

    name: str

    def hand(self, parcel: Parcel) -> None: ...


class TestTransport:
    """测试通道: takes everything and sends nothing; what was taken is readable in a demonstration only."""

    name = "test"
    __test__ = False  # not a test of pytest's

    def hand(self, parcel: Parcel) -> None:
        """Nothing leaves this machine."""


TRANSPORTS: Mapping[str, Callable[[], Transport]] = {"test": TestTransport}


def chosen() -> Transport:
    """The transport of this installation. Raises MessageError naming those there are."""
    if settings.TRANSPORT not in TRANSPORTS:
        known = "、".join(sorted(TRANSPORTS))
        message = (
            f"RONGHE_TRANSPORT 写的“{settings.TRANSPORT}”不认识，消息都还在，没有发送。请改成：{known}。"
        )
        raise MessageError("unknown-transport", message, transport=settings.TRANSPORT)
    return TRANSPORTS[settings.TRANSPORT]()
