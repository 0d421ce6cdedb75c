"""Pages of a list by key, not by number: what arrives meanwhile shifts nothing."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from ninja import Schema
from pydantic import Field

from ronghe.api.problems import Problem
from ronghe.api.sent import EARLIEST, LATEST

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ronghe.casework.managers import CaseQuerySet

USUAL, MOST = 25, 100


class Paged(Schema):
    """How much of a list is asked for, and from where on."""

    limit: int = Field(USUAL, title="每页几条", ge=1, le=MOST)
    after: str = Field("", title="从哪里接着取", description="上一页的 after。", max_length=200)


def page_of(
    cases: CaseQuerySet, after: str, size: int, columns: Sequence[str]
) -> tuple[list[Any], str | None]:
    """One page of rows with these columns, the newest first, and the cursor of the next; None: that was all. One query."""
    if after:
        at, pk = _read(after)
        cases = cases.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=pk), opened_at__lte=at)
    rows = cases.order_by("-opened_at", "-pk").values_list("pk", *columns, named=True)
    found = list(rows[: size + 1])
    return found[:size], _cursor(found[size - 1], "opened_at") if len(found) > size else None


def page_by(rows: QuerySet[Any], after: str, size: int, instant: str) -> tuple[list[Any], str | None]:
    """The same of whole rows, the latest first by one of their instants."""
    if after:
        at, pk = _read(after)
        rows = rows.filter(
            Q(**{f"{instant}__lt": at}) | Q(**{instant: at, "pk__lt": pk}), **{f"{instant}__lte": at}
        )
    found = list(rows.order_by(f"-{instant}", "-pk")[: size + 1])
    return found[:size], _cursor(found[size - 1], instant) if len(found) > size else None


def _cursor(last: Any, instant: str) -> str:
    plain = json.dumps([getattr(last, instant).isoformat(), last.pk])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, int]:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, pk = json.loads(plain)
        instant = dt.datetime.fromisoformat(at)
        if type(pk) is not int or not 0 < pk < 2**63 or not EARLIEST <= instant <= LATEST:
            raise ValueError  # noqa: TRY301 - told below with the rest
    except (ValueError, TypeError, binascii.Error) as error:
        detail = "after 不是上一页给出的值。请原样使用上一页的 after，或不填从头取。"
        raise Problem(422, "cursor", detail, errors={"after": detail}) from error
    return instant, pk
