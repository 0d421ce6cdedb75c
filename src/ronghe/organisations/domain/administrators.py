"""A city is never left without somebody who administers it: whoever could give the powers back would be gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Appointment
from ronghe.organisations.queries.trees import live_on

_LOCK = 0x61646D696E  # two administrators who take each other out wait for one another
LAST = "这样一来，全市就没有一位能登录的系统管理员了，没有保存。请先另外任命一位系统管理员并给他开通账号，再办这一步。"


@contextmanager
def keeping_an_administrator(at: dt.datetime, kinds: Iterable[str] | None = None) -> Iterator[None]:
    """Refuse what leaves nobody to administer; to be used inside the transaction of the change.

    `kinds`: the kinds of post it concerns; None: any. Where there was no administrator before, nothing is refused.
    """
    today = timezone.localdate(at)
    administering = _administering(today)
    if kinds is not None and not administering & set(kinds):
        yield
        return
    _lock()
    before = has_administrator(today)
    yield
    if before and not has_administrator(today):
        raise OrganisationError("last-administrator", LAST)


def has_administrator(on: dt.date) -> bool:
    """Whether somebody who can sign in holds a post that administers."""
    sitting = Appointment.objects.filter(live_on(on), post__kind__in=_administering(on))
    return sitting.filter(person__account__is_active=True).exists()


def _administering(on: dt.date) -> set[str]:
    return {one.edition.code for one in definitions.live(Kind.POST, on) if Power.ADMINISTER in one.body.may}


def _lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
