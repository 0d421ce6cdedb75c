"""Whether what is told of an activity can be kept: all that is wrong is said at once, each beside its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from ronghe.activities import rules
from ronghe.activities.domain.entitled import Amounts, kept_figures
from ronghe.activities.domain.told import Settled, Told
from ronghe.activities.enums import Role
from ronghe.activities.exceptions import DomainError
from ronghe.activities.queries.facts import ActivityFacts
from ronghe.core.forms.scalars import Refused, as_number
from ronghe.definitions import queries as definitions
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import facts_of
from ronghe.organisations.queries import Powers, organisation_facts
from ronghe.organisations.queries.rolls import seats_of

MOST_PEOPLE = 100_000
TITLE_LENGTH = 60


@dataclass
class Checking:
    """One activity being checked; `before`: the figures that stand already, `named`: who is, `errors` by field."""

    kind: Loaded
    told: Told
    powers: Powers | None
    before: Amounts = field(default_factory=dict)
    named: Collection[int] = ()
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.told.begins_at)

    def settle(self) -> Settled:
        """All of it, clean. Raises DomainError `not-yours`, `invalid` with `errors`, `requires`."""
        self._organisers()
        if not self.errors and self.powers is not None:
            if not rules.may_record(self.powers, [unit.pk for unit in self.told.organisers]):
                raise DomainError("not-yours", "您的岗位不替这个单位登记活动。请联系它的书记或经办人。")
        values, quantities = self._values(), self._quantities()
        self._times()
        self._about()
        settled = Settled(
            self.told,
            title_of(self.kind, values, self.told.title),
            values,
            quantities,
            self._sides(),
            *self._participants(),
        )
        if self.errors:
            first = next(iter(self.errors.values()))
            raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=self.errors)
        self._requires(settled)
        return settled

    def _organisers(self) -> None:
        units = self.told.organisers
        allowed = self.kind.body.by
        if not units:
            self.errors["organisers"] = "请选由哪个单位组织。"
        for unit in units:
            if allowed and unit.kind not in allowed:
                named = "、".join(self._kind_title("organisation", code) for code in allowed)
                self.errors["organisers"] = (
                    f"{unit.name}不是这类活动的组织者，应是：{named}。请另选组织单位。"
                )
            elif unit.ends is not None and unit.ends <= self.day:
                self.errors["organisers"] = f"{unit.name}在那一天已经撤销，请核对单位和日期。"
        if len({unit.pk for unit in units}) != len(units):
            self.errors["organisers"] = "同一个组织单位写了两次，请删去一个。"

    def _kind_title(self, kind: str, code: str) -> str:
        found = definitions.find(kind, code, self.day)
        return found.edition.title if found else code

    def _values(self) -> dict[str, Any]:
        form = self.kind.body.form
        if form is None:
            return {}
        cleaned = form.clean(self.told.values, lists=definitions.lists_of(form, self.day))
        self.errors.update(cleaned.errors)
        return dict(cleaned.values)

    def _quantities(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for kind in self.kind.body.quantities:
            told = self.told.quantities.get(kind.code)
            each = told if isinstance(told, Mapping) else {"": told}
            if kind.per == Role.ORGANISER and not isinstance(told, Mapping):
                each = {str(self.told.organisers[0].pk): told} if self.told.organisers else {}
            organisers = {str(unit.pk) for unit in self.told.organisers}
            for whose, raw in each.items():
                if raw is None or str(raw).strip() == "" or (whose and str(whose) not in organisers):
                    continue
                amount = self._amount(kind, raw)
                if amount is not None:
                    found.setdefault(kind.code, {})[str(whose)] = amount
        units = [unit.pk for unit in self.told.organisers]
        kept, errors = kept_figures(self.kind.body.quantities, found, self.before, self.powers, units)
        self.errors.update(errors)
        return kept

    def _amount(self, kind: QuantityKind, raw: object) -> int | None:
        try:
            amount = as_number(raw, kind.unit) * Decimal(10) ** kind.places
        except Refused as refused:
            self.errors[kind.code] = str(refused)
            return None
        if amount < 0 or amount != amount.to_integral_value():
            digits = f"，最多 {kind.places} 位小数" if kind.places else "，不带小数"
            self.errors[kind.code] = f"“{kind.title}”要写不小于 0 的数{digits}。"
            return None
        return int(amount)

    def _times(self) -> None:
        ends, keys = self.told.ends_at, self.kind.body.one_per.keys if self.kind.body.one_per else ()
        if ends is not None and ends < self.told.begins_at:
            self.errors["ends_at"] = "结束时间早于开始时间，请核对。"
        if ends is None and "time" in keys:
            self.errors["ends_at"] = "这类活动不能与别的重叠，请写明结束时间。"

    def _about(self) -> None:
        allowed = self.kind.body.about
        for ref in self.told.about:
            facts = (
                organisation_facts(ref[1], self.day) if ref[0] == "organisation" else facts_of(ref, self.day)
            )
            kind = facts.get("kind") if facts else None
            if facts is None:
                self.errors["about"] = "没有找到所涉及的对象，请重新选择。"
            elif isinstance(kind, str) and kind not in allowed:
                self.errors["about"] = "这类活动不涉及这样的对象，请另选。"

    def _sides(self) -> tuple[tuple[str, str, int], ...]:
        told = self.told
        organisers = [unit.pk for unit in told.organisers]
        sides = [(Role.ORGANISER, "organisation", pk) for pk in organisers]
        sides += [(Role.WITH, "organisation", pk) for pk in told.counts if pk not in organisers]
        sides += [(Role.ABOUT, *ref) for ref in told.about]
        sides += [(Role.GUIDE, "organisation", unit.pk) for unit in told.guides]
        sides += [
            (role, *ref)
            for role, ref in ((Role.PROGRAMME, told.programme), (Role.RUN, told.runs))
            if ref is not None
        ]
        return tuple((str(role), type_, ref) for role, type_, ref in dict.fromkeys(sides))

    def _participants(self) -> tuple[tuple[tuple[int | None, int | None, int, str], ...], int | None]:
        told = self.told
        rows: list[tuple[int | None, int | None, int, str]] = []
        seats = seats_of(told.persons, self.day) if told.persons else {}
        organisers = [unit.pk for unit in told.organisers]
        for person, part in told.persons.items():
            held = sorted(seats.get(person, []), key=lambda seat: seat.organisation_id not in organisers)
            if person not in self.named and not self._may_name(held):
                self.errors["persons"] = "名单里有您看不到的人员，请只点本单位名册上的人，或只填人数。"
            rows.append((person, held[0].organisation_id if held else None, 1, part))
        for unit, count in told.counts.items():
            if not 0 < count <= MOST_PEOPLE:
                self.errors["counts"] = "参加单位的人数要写 1 以上的整数。"
            rows.append((None, unit, count, ""))
        own = len(told.persons) if told.persons else told.people
        if own is not None and not 0 <= own <= MOST_PEOPLE:
            self.errors["people"] = "人数要写不小于 0 的整数。"
        others = sum(told.counts.values())
        return tuple(rows), (None if own is None and not others else (own or 0) + others)

    def _may_name(self, held: list[Any]) -> bool:
        """Members by who keeps their roll; officers, who are known anyway, by anybody who records."""
        if self.powers is None:
            return True
        rolls = self.powers.scope("roll")
        return any(not seat.is_roll or seat.organisation_id in rolls for seat in held)

    def _requires(self, settled: Settled) -> None:
        condition = self.kind.body.requires
        form = self.kind.body.form
        titles = {**(form.titles if form else {}), "about": "涉及的对象", "place": "地点", "people": "人数"}
        lacking = condition.missing(facts_of_settled(self.kind, settled), titles=titles) if condition else []
        if lacking:
            raise DomainError(
                "requires", "还不能登记：" + "；".join(lacking) + "。请补齐后再提交。", lacking=lacking
            )


def title_of(kind: Loaded, values: Mapping[str, Any], given: str = "") -> str:
    """As given, else the kind and the first short text that was written: 主题党日：进园区访企业."""
    if text := " ".join(given.split()):
        return text[:200]
    form = kind.body.form
    first = next((str(values[one.code]) for one in (form.fields if form else ()) if _names(one, values)), "")
    title = kind.edition.title
    return f"{title}：{first}"[:200] if first else title


def _names(asked: Any, values: Mapping[str, Any]) -> bool:
    """Whether this answer is short words that can stand in a title."""
    return asked.type == "text" and asked.limit <= TITLE_LENGTH and bool(values.get(asked.code))


def facts_of_settled(kind: Loaded, settled: Settled) -> ActivityFacts:
    """What is about to be written, as facts."""
    told = settled.told
    plain = {
        "title": settled.title,
        "place": told.place or None,
        "online": told.is_online,
        "ends": told.ends_at,
        "people": None if settled.people is None else Decimal(settled.people),
    }
    persons = tuple(told.persons)
    return ActivityFacts(
        0, kind.body, settled.values, settled.sides, told.begins_at, plain, settled.quantities, persons
    )
