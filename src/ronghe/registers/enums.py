"""The fixed words of the registers."""

from __future__ import annotations

from ronghe.definitions.enums import Power

ACTING = (Power.HANDLE, Power.LEAD, Power.MANAGE, Power.OVERSEE)
"""Powers with which somebody acts for the unit they sit in: keeps its entries, writes its figures."""
TITLE, STAGE, KEEPER = "title", "stage", "organisation"
"""What may be seen of an entry beside its fields and figures."""
NAMING = ("title", "name")
"""A field of a form that is the entry's own title; without one the title is asked beside the form."""
DAYS = (("begins", "ends"), ("from", "until"), ("start", "end"), ("starts", "ends"))
"""Fields between which an entry takes up time, for `one_per: [room, time]`."""
