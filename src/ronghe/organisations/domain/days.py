"""Which day a change counts from, shared by the files of this folder."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ronghe.organisations.exceptions import OrganisationError, in_words


def day_of(at: dt.datetime, on: dt.date | None) -> dt.date:
    """`on`, or the day of `at` in China. A change of what is true today cannot be dated ahead."""
    today = timezone.localdate(at)
    if on is not None and on > today:
        message = f"日期 {in_words(on)} 还没有到，没有保存。请在当天或之后再登记。"
        raise OrganisationError("future-day", message, day=on)
    return on or today
