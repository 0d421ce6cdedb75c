"""Figures: how much of something, of which nature, in which period; a mended one names the old."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from ronghe.core.errors import DefinitionError
from ronghe.core.forms.scalars import Refused, as_number
from ronghe.core.periods import Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.enums import Each, Nature
from ronghe.definitions.kinds.base import Definition, QuantityKind
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref
from ronghe.ledger import domain as ledger
from ronghe.ledger.rules import is_reference
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.registers import rules
from ronghe.registers.exceptions import DomainError, StaleEntry
from ronghe.registers.models import Entry, Figure
from ronghe.registers.queries.figures import record_kinds

NATURE_WORDS = {
    Nature.ACTUAL: "实际", Nature.PLAN: "计划", Nature.TARGET: "目标", Nature.BENCHMARK: "标杆",
}  # fmt: skip
_WEEK = re.compile(r"\d{4}-W\d{2}")
_MOST = 2**63 - 1


def record_figure(
    subject: Ref,
    code: str,
    value: str | int | Decimal,
    *,
    actor: str,
    at: dt.datetime,
    nature: str = Nature.ACTUAL,
    period: str = "",
    document: str = "",
    powers: Powers | None = None,
    seen: int | None = None,
    origin: str = "page",
) -> Figure:
    """Write a figure of an entry or organisation; the same again writes nothing, another value mends the one that stands.

    Mending writes a correcting ledger entry that names the old. `seen`: the figure the person saw (0: none); raises
    StaleEntry when another stands by now. Raises `figure-unknown`, `figure-nature`, `figure-period`, `figure-value`, `not-yours`.
    """
    day = timezone.localdate(at)
    body, keeper = record_kinds(subject, day)
    kind = next((one for one in body.quantities if one.code == code), None) if body else None
    if body is None or kind is None:
        raise DomainError("figure-unknown", "这里没有这一项数据，没有保存。请刷新页面后重填。")
    if powers is not None and not rules.may_record(powers, kind, keeper, is_own=subject[0] == "organisation"):
        message = f"“{kind.title}”不由您的单位填报，没有保存。请联系负责填报的单位。"
        raise DomainError("not-yours", message)
    _check_nature(kind, nature)
    when = _period(kind, nature, period, day)
    whole = _whole(kind, value)
    if document and not is_reference(document):
        raise _wrong("document", "依据请写文号，例如 市统〔2026〕12号。")
    with transaction.atomic():
        loaded = _locked(subject, body, day)
        freeze(loaded.edition, at=at)
        old = _standing(subject, code, nature, when)
        if old is not None and when and old.value == whole:
            return old
        if seen is not None and (old.pk if old else 0) != seen and when:
            raise _stale(old)
        mends = old if when else None
        figure = Figure(
            subject_type=subject[0], subject_id=subject[1], code=code, nature=nature, period=when, value=whole,
            at=at, actor=actor, document=document,
        )  # fmt: skip
        figure.ledger = ledger.record(
            "quantity.recorded",
            subject=subject,
            actor=actor,
            at=at,
            organisation_id=keeper,
            code=code,
            quantity=whole,
            nature=nature,
            period=when,
            definition=loaded.edition.reference,
            edition=loaded.edition.edition,
            corrects=mends.ledger if mends else None,
            data={"document": document} if document else {},
            origin=origin,
        ).pk
        _replace(mends, figure)
    return figure


def _replace(old: Figure | None, new: Figure) -> None:
    """Store the new one; while it is being stored the old one points to itself, so that one stands at any moment."""
    if old is not None:
        Figure.objects.filter(pk=old.pk).update(replaced_by=old.pk)
    new.save(force_insert=True)
    if old is not None:
        Figure.objects.filter(pk=old.pk).update(replaced_by=new.pk)


def _locked(subject: Ref, body: Definition, day: dt.date) -> Loaded:
    model = Entry if subject[0] == "entry" else Organisation
    model.objects.select_for_update().filter(pk=subject[1]).first()
    return definitions.get(body.kind, body.code, day)


def _standing(subject: Ref, code: str, nature: str, period: str) -> Figure | None:
    found = Figure.objects.filter(
        subject_type=subject[0],
        subject_id=subject[1],
        code=code,
        nature=nature,
        period=period,
        replaced_by=None,
    )
    return found.order_by("-at", "-pk").first()


def _check_nature(kind: QuantityKind, nature: str) -> None:
    if nature not in kind.natures:
        words = "、".join(NATURE_WORDS[one] for one in kind.natures)
        message = f"“{kind.title}”只填{words}，没有保存。请重新选择。"
        raise DomainError("figure-nature", message, errors={"nature": message})


def _period(kind: QuantityKind, nature: str, period: str, day: dt.date) -> str:
    """The period as the ledger names it; empty for a figure that is as of its day."""
    if kind.each is None:
        return ""
    text = period.strip()
    if kind.each == Each.WEEK:
        if _WEEK.fullmatch(text):
            return text
        raise _wrong("period", "请写哪一周，例如 2026-W09。")
    try:
        found = Period.parse(f"{text}..{text}" if kind.each == Each.DAY and ".." not in text else text)
    except DefinitionError as error:
        raise _wrong("period", f"{error.message}。{error.cure}。") from error
    if kind.each == Each.DAY:
        if found.first != found.last:
            raise _wrong("period", "请写哪一天，例如 2026-03-01。")
    elif str(found.every) != str(kind.each):
        raise _wrong("period", f"“{kind.title}”按{EACH_WORDS[kind.each]}填，请写成 {EXAMPLES[kind.each]}。")
    if nature == Nature.ACTUAL and found.first > day:
        raise _wrong("period", "这一期还没有到，实际数请到时再填。")
    return found.first.isoformat() if kind.each == Each.DAY else str(found)


EACH_WORDS = {
    Each.DAY: "天", Each.WEEK: "周", Each.MONTH: "月", Each.QUARTER: "季度", Each.HALF_YEAR: "半年", Each.YEAR: "年",
}  # fmt: skip
EXAMPLES = {
    Each.DAY: "2026-03-01", Each.WEEK: "2026-W09", Each.MONTH: "2026-03", Each.QUARTER: "2026-Q1",
    Each.HALF_YEAR: "2026-H1", Each.YEAR: "2026",
}  # fmt: skip


def _whole(kind: QuantityKind, value: str | int | Decimal) -> int:
    """The value in whole smallest units."""
    try:
        amount = as_number(value, kind.unit)
    except Refused as refused:
        raise _wrong("value", str(refused)) from refused
    scaled = amount.scaleb(kind.places)
    if scaled != scaled.to_integral_value():
        said = f"最多写 {kind.places} 位小数。" if kind.places else "请填整数，不写小数。"
        raise _wrong("value", said)
    if abs(scaled) > _MOST:
        raise _wrong("value", "数字太大，请核对单位。")
    return int(scaled)


def _wrong(field: str, said: str) -> DomainError:
    return DomainError(f"figure-{field}", f"{said}没有保存，您填写的内容已保留。", errors={field: said})


def _stale(old: Figure | None) -> StaleEntry:
    message = "在您填写期间，别人填过这个数。您填写的内容已保留，请核对现在的数再提交。"
    return StaleEntry("stale-figure", message, figure=old.pk if old else 0, value=old.value if old else None)
