"""What a transport takes, and the one that sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ronghe.messages.rules import Address


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over at once: one message, or several for one person as a digest.

    `key` stays the same in every further try of the same single message, so that a gateway can refuse a second one.
    `reach`: the number, address or user id it goes to; `secrets`: what a subscription's
    delivery is signed with, by each of them.
    """

    key: str
    to: Address
    title: str
    text: str
    link: str = ""
    reach: str = ""
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Parcel({self.key})"


class Transport(Protocol):
    """Takes a parcel within half a minute or raises TransportError, which says whether it is tried again later."""

    name: str

    def hand(self, parcel: Parcel) -> None: ...


class TestTransport:
    """测试通道: takes everything and sends nothing; what was taken is readable in a demonstration only."""

    name = "test"
    __test__ = False  # not a test of pytest's

    def hand(self, parcel: Parcel) -> None:
        """Nothing leaves this machine."""
