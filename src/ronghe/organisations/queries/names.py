"""Finding organisations by the names people write."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Organisation, Placement
from ronghe.organisations.queries.trees import parent_names


@dataclass(frozen=True, slots=True)
class _Named:
    organisation_id: int
    begins: dt.date
    ends: dt.date | None

    def holds(self, on: dt.date) -> bool:
        return self.begins <= on and (self.ends is None or self.ends > on)


@dataclass(frozen=True)
class NameIndex:
    """Every name organisations ever bore, loaded once: for imports of many rows."""

    names: dict[str, list[_Named]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def load(cls) -> NameIndex:
        """Read all names and short names; two queries."""
        return cls._of(Placement.objects.all(), Organisation.objects.exclude(short_name=""))

    @classmethod
    def _of(cls, placements: Iterable[Placement], organisations: Iterable[Organisation]) -> NameIndex:
        index = cls()
        for placement in placements:
            named = _Named(placement.organisation_id, placement.begins, placement.ends)
            index.names[plain(placement.name)].append(named)
        for unit in organisations:
            index.names[plain(unit.short_name)].append(_Named(unit.pk, unit.begins, unit.ends))
        return index

    def find(self, name: str, on: dt.date) -> int:
        """The id of the one organisation so named on the day.

        Raises OrganisationError `unknown-organisation` (saying when the name was in use, if ever) or `ambiguous-organisation`
        (naming the candidates and what stands above them).
        """
        borne = self.names.get(plain(name), [])
        found = sorted({named.organisation_id for named in borne if named.holds(on)})
        if len(found) == 1:
            return found[0]
        if found:
            raise ambiguous(name, found, on)
        raise _unknown(name, borne, on)

    def candidates(self, name: str, on: dt.date) -> tuple[list[int], dt.date]:
        """Who may be meant by the name on the day, and the day on which to look at their parents.

        A day before the first recorded day of the name means all that ever bore it: records begin with registration here.
        """
        borne = self.names.get(plain(name), [])
        if borne and on < min(named.begins for named in borne):
            return sorted({named.organisation_id for named in borne}), max(named.begins for named in borne)
        return sorted({named.organisation_id for named in borne if named.holds(on)}), on


def find_by_name(name: str, on: dt.date) -> Organisation:
    """The organisation so named (or so called for short) on the day; raises as `NameIndex.find` does."""
    index = NameIndex._of(  # noqa: SLF001 - the same class, loaded with one name
        Placement.objects.filter(name__in={name, plain(name)}),
        Organisation.objects.filter(Q(short_name__in={name, plain(name)})).exclude(short_name=""),
    )
    return Organisation.objects.get(pk=index.find(name, on))


def plain(name: str) -> str:
    """A name without blanks, its brackets and letters half-width, so that 市场监管局（城区） is found as 市场监管局(城区)."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def ambiguous(name: str, found: list[int], on: dt.date) -> OrganisationError:
    """The refusal to choose, naming each candidate and what stands above it that day."""
    parents = parent_names(found, on)
    units = Organisation.objects.in_bulk(found)
    candidates = [
        {"id": number, "code": units[number].code, "parents": list(parents.get(number, []))}
        for number in found
    ]
    told = "；".join(
        f"{units[number].code}（上级：{'、'.join(parents.get(number, [])) or '无'}）" for number in found
    )
    message = f"有 {len(found)} 个单位都叫“{name}”：{told}。没有替您选定；请改写单位代码，或写上级以示区别。"
    return OrganisationError("ambiguous-organisation", message, name=name, candidates=candidates)


def _unknown(name: str, borne: list[_Named], on: dt.date) -> OrganisationError:
    if not borne:
        message = f"没有叫“{name}”的单位。请核对名称，或先登记这个单位。"
    else:
        spans = "；".join(
            f"{in_words(named.begins)}起" + (f"至{in_words(named.ends)}前" if named.ends else "")
            for named in sorted(set(borne), key=lambda named: (named.begins, named.organisation_id))
        )
        message = f"{in_words(on)} 没有叫“{name}”的单位；这个名称的使用时间是：{spans}。请改用那一天的名称或单位代码。"
    return OrganisationError("unknown-organisation", message, name=name, day=on)
