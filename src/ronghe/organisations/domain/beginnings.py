"""What follows of itself when an organisation is founded; rooms above enter it here in `ready`."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from ronghe.organisations.models import Organisation


class Beginning(Protocol):
    """Something done in the transaction that founds an organisation; what it raises founds nothing."""

    def __call__(self, unit: Organisation, *, actor: str, at: dt.datetime) -> object: ...


BEGINNINGS: list[Beginning] = []


def begun(unit: Organisation, *, actor: str, at: dt.datetime) -> None:
    """Do all of it."""
    for beginning in BEGINNINGS:
        beginning(unit, actor=actor, at=at)
