"""Where somebody begins after signing in."""

from __future__ import annotations

import datetime as dt

from ronghe.casework.queries.worklist import open_steps
from ronghe.definitions.enums import Power
from ronghe.organisations.queries import powers_of


def landing(account: object, on: dt.date) -> str:
    """The name of the page to begin at: the board for those who oversee and have nothing waiting for themselves."""
    powers = powers_of(account, on)
    watches = powers.has(Power.OVERSEE) or powers.has(Power.ADMINISTER)
    return "board" if watches and not open_steps(powers).exists() else "desk"
