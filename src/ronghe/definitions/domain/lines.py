"""Lists the city fills itself: the one writer of their lines, dated.

Who may is for the caller to ask (`registers.rules.may_fill`): this room knows no posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ronghe.core.forms import Form
from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain.loading import freeze
from ronghe.definitions.enums import Kind
from ronghe.definitions.exceptions import LineRefused
from ronghe.definitions.kinds import ListDefinition
from ronghe.definitions.models import Edition, ListLine
from ronghe.definitions.queries import Loaded
from ronghe.ledger.domain import record
from ronghe.ledger.rules import is_label, is_values

LONGEST_TITLE, LONGEST_CODE = 200, 40


def add_line(
    code: str,
    *,
    title: str,
    facts: Mapping[str, Any],
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    line: str = "",
) -> ListLine:
    """A new line at the end of a list. `line`: its code, else the next number. Raises LineRefused with `errors`."""
    loaded, body, day = _list(code, at, on)
    named, said = _cleaned(body, title, facts, day)
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=loaded.edition.pk)
        freeze(loaded.edition, at=at)
        rows = ListLine.objects.filter(list=code)
        if rows.filter(ends=None, title=named).exists():
            raise LineRefused({"title": f"清单里已有“{named}”。"})
        line = line.strip() or _next(code)
        if not is_label(line) or len(line) > LONGEST_CODE or rows.filter(ends=None, code=line).exists():
            raise LineRefused({"code": f"代码“{line[:LONGEST_CODE]}”不能用或已有，请换一个。"})
        order = (rows.aggregate(last=Max("order"))["last"] or 0) + 1
        row = ListLine.objects.create(
            list=code, code=line, title=named, facts=said, order=order, begins=day, at=at, actor=actor
        )
        _record("line.began", row, loaded, day, actor, at, _told(body, said))
    return row


def change_line(
    row_id: int,
    *,
    title: str,
    facts: Mapping[str, Any],
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    revision: int | None = None,
) -> ListLine:
    """Let a line say this from a day on; the days before keep what it said. Saying the same writes nothing."""
    with transaction.atomic():
        row = _lock(row_id)
        loaded, body, day = _list(row.list, at, on)
        named, said = _cleaned(body, title, facts, day)
        changed = [name for name in {**row.facts, **said} if row.facts.get(name) != said.get(name)]
        changed += ["title"] if named != row.title else []
        if not changed:
            return row
        if revision is not None and revision != row.revision:
            raise LineRefused({"": "在您填写期间，别人改过这一项。您填写的内容已保留，请核对后再提交。"})
        if ListLine.objects.filter(list=row.list, ends=None, title=named).exclude(pk=row.pk).exists():
            raise LineRefused({"title": f"清单里已有“{named}”。"})
        if day < row.begins:
            raise LineRefused({"on": f"这一项从 {row.begins.isoformat()} 起这样写，请写那天或以后的日期。"})
        if day > row.begins:
            row = _follow(row, day)
        row.title, row.facts, row.at, row.actor = named, said, at, actor
        _record("line.changed", row, loaded, day, actor, at, _told(body, said), sorted(changed))
    return row


def end_line(row_id: int, *, actor: str, at: dt.datetime, on: dt.date | None = None) -> ListLine:
    """Take a line off from a day on; past days and what chose it keep it. Ended already: nothing happens."""
    with transaction.atomic():
        row = _lock(row_id, may_be_ended=True)
        if row.ends is not None:
            return row
        loaded, _body, day = _list(row.list, at, on)
        if day < row.begins:
            raise LineRefused({"on": f"这一项从 {row.begins.isoformat()} 起才有，请写那天或以后的日期。"})
        row.ends = day
        _record("line.ended", row, loaded, day, actor, at)
    return row


def _list(code: str, at: dt.datetime, on: dt.date | None) -> tuple[Loaded, ListDefinition, dt.date]:
    today = timezone.localdate(at)
    if on is not None and on > today:
        raise LineRefused({"on": "这一天还没有到，请在当天或之后再登记。"})
    loaded = definitions.get(Kind.LIST, code, today)
    if not loaded.body.is_filled_here:
        message = f"“{loaded.edition.title}”的内容由定义写定，不在页面上填写；没有保存。"
        raise LineRefused({"": message})
    return loaded, loaded.body, on or today


def _cleaned(
    body: ListDefinition, title: str, facts: Mapping[str, Any], on: dt.date
) -> tuple[str, dict[str, Any]]:
    named = " ".join(title.split())
    form = body.form or Form(())
    result = form.clean(facts, lists=definitions.lists_of(form, on))
    errors = dict(result.errors)
    if not named:
        errors["title"] = "请填写名称。"
    elif len(named) > LONGEST_TITLE:
        errors["title"] = f"名称最多 {LONGEST_TITLE} 个字，请精简。"
    if errors:
        raise LineRefused(errors)
    return named, dict(result.values)


def _told(body: ListDefinition, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger is told: codes and numbers, no words of a text."""
    wordy = {field.code for field in body.form.fields if field.type == "text"} if body.form else set()
    return {name: value for name, value in facts.items() if name not in wordy and is_values({name: value})}


def _next(code: str) -> str:
    taken = set(ListLine.objects.filter(list=code).values_list("code", flat=True))
    return next(text for number in range(1, len(taken) + 2) if (text := str(number)) not in taken)


def _lock(row_id: int, *, may_be_ended: bool = False) -> ListLine:
    row = ListLine.objects.select_for_update().filter(pk=row_id).first()
    if row is None or (row.ends is not None and not may_be_ended):
        raise LineRefused({"": "这一项已经不在清单里，没有保存。请刷新页面。"})
    return row


def _follow(row: ListLine, day: dt.date) -> ListLine:
    """The line from a day on, as a row of its own after the one that held until then."""
    row.ends = day
    row.save(update_fields=["ends"])
    return ListLine.objects.create(
        list=row.list, code=row.code, title=row.title, facts=row.facts, order=row.order, begins=day,
        at=row.at, actor=row.actor,
    )  # fmt: skip


def _record(
    kind: str,
    row: ListLine,
    loaded: Loaded,
    day: dt.date,
    actor: str,
    at: dt.datetime,
    values: Mapping[str, Any] | None = None,
    fields: list[str] | None = None,
) -> None:
    data: dict[str, Any] = {"day": day.isoformat()}
    data |= {"fields": fields} if fields else {}
    data |= {"values": dict(values)} if values else {}
    written = record(
        kind,
        subject=("line", row.pk),
        actor=actor,
        at=at,
        code=row.list,
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data=data,
    )
    row.revision = written.seq
    row.save(force_update=True)
    forget()
