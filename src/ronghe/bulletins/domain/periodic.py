"""Bulletins of each period: drafted by the clock when a period is over, from what the ledger says was done."""

from __future__ import annotations

import datetime as dt

from ronghe.bulletins.domain.drafting import draft
from ronghe.bulletins.models import Bulletin
from ronghe.core.periods import Every, Period
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.organisations.queries import of_kind

CLOCK = "system:clock"


def draft_due(now: dt.datetime) -> int:
    """Draft what the period that ended last still lacks, one for each unit it is about; give how many were drafted."""
    today = now.astimezone(SHANGHAI).date()
    made = 0
    for loaded in definitions.live(Kind.BULLETIN, today):
        if loaded.body.each is not None and loaded.first_effective <= today:
            made += _draft_each(loaded, Period.holding(today, Every(loaded.body.each.value)).previous(), now)
    return made


def _draft_each(loaded: Loaded, period: Period, now: dt.datetime) -> int:
    if period.last < loaded.first_effective:
        return 0
    known = (facts.organisation for kind in loaded.body.about for facts in of_kind(kind, period.last))
    units = {unit.pk: unit for unit in known}
    there = Bulletin.objects.filter(
        bulletin=loaded.edition.code, period=str(period), about_type="organisation", about_id__in=units
    ).values_list("about_id", flat=True)
    lacking = units.keys() - set(there)
    for number in sorted(lacking):
        about = ("organisation", number)
        draft(
            loaded,
            organisation=units[number],
            about=about,
            period=str(period),
            actor=CLOCK,
            at=now,
            origin="clock",
        )
    return len(lacking)
