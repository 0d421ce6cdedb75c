"""Counting how often something is tried in a span of time, on the database, so that all web workers count together.

Spans stand on fixed marks of the clock (the hour, ten past): a count ends when its span does, and that instant can be told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.db.models import F

from ronghe.organisations.models import Tally
from ronghe.rows import Question

KEPT = dt.timedelta(days=2)
_COUNTED = Question(
    lambda key, begins: Tally.objects.filter(key=key, begins=begins).values_list("count"),
    key=str,
    begins=dt.datetime,
)


def key_of(what: str, who: str) -> str:
    """The name of a count: by whom stays unreadable."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"tally:{what}:{who}".encode(), hashlib.sha256)
    return f"{what}:{digest.hex()[:40]}"


def count_up(key: str, span: dt.timedelta, *, at: dt.datetime, by: int = 1) -> int:
    """Count one more try (or `by` more); give how many there were in the span that `at` lies in, these included."""
    begins = span_begins(span, at)
    with transaction.atomic():
        row, is_new = Tally.objects.get_or_create(key=key, begins=begins, defaults={"ends": begins + span})
        if is_new:
            Tally.objects.filter(ends__lt=at - KEPT).delete()
        Tally.objects.filter(pk=row.pk).update(count=F("count") + by)
        row.refresh_from_db(fields=["count"])
    return row.count


def counted(key: str, span: dt.timedelta, *, at: dt.datetime) -> int:
    """How many tries there were in the span that `at` lies in."""
    found = _COUNTED.first(key=key, begins=span_begins(span, at))
    return found[0] if found else 0


def span_begins(span: dt.timedelta, at: dt.datetime) -> dt.datetime:
    """When the span that `at` lies in began."""
    since = at - dt.datetime.min.replace(tzinfo=at.tzinfo)
    return at - since % span
