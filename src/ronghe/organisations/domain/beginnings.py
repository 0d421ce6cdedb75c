"""What follows of itself when an organisation is founded or ends; rooms above enter it here in `ready`."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Protocol

from django.db import transaction

from ronghe.organisations.models import Organisation


class Beginning(Protocol):
    """Something done in the transaction that founds an organisation; what it raises founds nothing."""

    def __call__(self, unit: Organisation, *, actor: str, at: dt.datetime) -> object: ...


class Ending(Protocol):
    """Something done once an organisation has ended, in a transaction of its own: what ended it may be what is ended here.

    What it raises is logged; a chore must find what was left.
    """

    def __call__(self, unit: Organisation, *, at: dt.datetime) -> object: ...


BEGINNINGS: list[Beginning] = []
ENDINGS: list[Ending] = []


def begun(unit: Organisation, *, actor: str, at: dt.datetime) -> None:
    """Do all of it."""
    for beginning in BEGINNINGS:
        beginning(unit, actor=actor, at=at)


def ended(unit: Organisation, *, at: dt.datetime) -> None:
    """Have all of it done as soon as it is kept that the organisation has ended."""
    for ending in ENDINGS:
        transaction.on_commit(partial(ending, unit, at=at), robust=True)
