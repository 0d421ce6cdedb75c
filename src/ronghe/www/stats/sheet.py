"""A bulletin's figures as its page shows them: sentences first, then tables whose every number opens."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from ronghe.appraisal.enums import Act, By, Measure
from ronghe.appraisal.queries import Question
from ronghe.appraisal.rules import Figure
from ronghe.www.stats.cells import MAIN, Cell, cells_of, head_of

OF_UNITS: tuple[Measure | Act, ...] = (
    Measure.RECEIVED,
    Act.ACCEPTED,
    Measure.CLOSED,
    Measure.ON_TIME,
    Measure.RATED,
    Measure.SATISFIED_SHARE,
    Act.OVERDUE,
    Act.EXTENDED,
    Act.PAUSED,
    Act.REOPENED,
    Act.TRANSFERRED,
    Act.RETURNED,
)
OF_SPLITS: tuple[Measure, ...] = (
    Measure.RECEIVED,
    Measure.CLOSED,
    Measure.ON_TIME,
    Measure.RATED,
    Measure.SATISFIED_SHARE,
)
FIRST_GROUP = "service-group"


@dataclass(frozen=True)
class Line:
    """A unit, kind or topic; `place` is where it stands among its like, in words."""

    label: str
    cells: list[Cell]
    place: str = ""


@dataclass(frozen=True)
class Table:
    """`heads`: each with whether a phone shows it; `few`: lines of too few cases to compare, folded away.

    `left_out`: how many of those are behind a link instead.
    """

    title: str
    head: str
    heads: list[tuple[str, bool]]
    lines: list[Line]
    few: tuple[Line, ...] = ()
    left_out: int = 0
    has_places: bool = False


@dataclass(frozen=True)
class Sheet:
    """One bulletin, live (`issued` 0) or as issued. `seen`: the units whose rows are shown, None: all.

    `is_whole`: also the rows of units with too few cases to compare, which are most rows and say least.
    """

    question: Question
    content: Mapping[str, Any]
    issued: int = 0
    seen: Collection[str] | None = None
    is_whole: bool = True

    @property
    def figures(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content["figures"]
        return found

    @property
    def names(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content["names"]
        return found

    @property
    def is_empty(self) -> bool:
        return not self.figures["units"] and not self.figures["checks"]

    def total(self) -> dict[str, Cell]:
        """The whole by measure, named as in the figures."""
        cells = self._cells(By.ORGANISATION, None, self.figures["total"], OF_UNITS)
        return {measure.value: cell for measure, cell in zip(OF_UNITS, cells, strict=True)}

    def groups(self) -> list[Table]:
        """Service groups, then the other kinds of unit, each kind a table; what no unit has comes last."""
        kinds = {unit["group"] for unit in self._units()}
        order = sorted(kinds, key=lambda kind: (not kind, kind != FIRST_GROUP, self._group_size(kind)))
        return [self._group(kind) for kind in order]

    def splits(self) -> list[Table]:
        """By kind of case and by topic."""
        found = []
        for name, by in (("kinds", By.KIND), ("topics", By.TOPIC)):
            lines = [
                Line(self.names[name][row["key"]], self._cells(by, row["key"], row["measures"], OF_SPLITS))
                for row in self.figures[name]
            ]
            if lines:
                found.append(
                    Table(gettext("按%(by)s") % {"by": by.label}, str(by.label), heads(OF_SPLITS), lines)
                )
        return found

    def praised(self) -> list[Line]:
        """Shown to everybody: to be praised is no secret."""
        units = {unit["key"]: unit for unit in self.figures["units"]}
        return [
            Line(
                self.names["units"][key],
                self._cells(By.ORGANISATION, key, units[key]["measures"], (Measure.ON_TIME,)),
                f"{self.names['groups'].get(units[key]['group'], '')}{self._place(key)}",
            )
            for key in self.figures["praised"]
        ]

    def reminded(self) -> list[tuple[Line, list[int]]]:
        """Units with what they left overdue, and the ids of those cases."""
        units = {unit["key"]: unit for unit in self._units()}
        return [
            (
                Line(
                    self.names["units"][one["key"]],
                    self._cells(By.ORGANISATION, one["key"], units[one["key"]]["measures"], (Act.OVERDUE,)),
                ),
                one["cases"],
            )
            for one in self.figures["reminded"]
            if one["key"] in units
        ]

    def checks(self) -> dict[str, Any] | None:
        """What the spot checks found, or None."""
        found = self.figures["checks"]
        if found is None:
            return None
        points = self.names["points"]
        return {**found, "failed": [(points.get(code, code), n) for code, n in found["failed"].items()]}

    def _units(self) -> list[Mapping[str, Any]]:
        return [unit for unit in self.figures["units"] if self.seen is None or unit["key"] in self.seen]

    def _group_size(self, kind: str) -> tuple[int, str]:
        return -sum(unit["group"] == kind for unit in self.figures["units"]), kind

    def _group(self, kind: str) -> Table:
        title = self.names["groups"].get(kind, kind) if kind else gettext("未分办")
        units = [unit for unit in self._units() if unit["group"] == kind]
        few = [unit for unit in units if kind and self.seen is None and self._number(unit) is None]
        ranked = sorted((unit for unit in units if unit not in few), key=lambda unit: self._number(unit) or 0)
        return Table(
            title,
            gettext("单位"),
            heads(OF_UNITS),
            [self._line(unit) for unit in ranked],
            tuple(self._line(unit) for unit in few) if self.is_whole else (),
            0 if self.is_whole else len(few),
            has_places=bool(kind),
        )

    def _line(self, unit: Mapping[str, Any]) -> Line:
        cells = self._cells(By.ORGANISATION, unit["key"], unit["measures"], OF_UNITS)
        return Line(
            self.names["units"][unit["key"]], cells, self._place(unit["key"]) if unit["group"] else ""
        )

    def _number(self, unit: Mapping[str, Any]) -> int | None:
        found: int | None = self.figures["places"].get(unit["key"], {}).get("place")
        return found

    def _place(self, key: str) -> str:
        found = self.figures["places"].get(key)
        if found is None or found["place"] is None:
            return gettext("件数不足，不排名")
        words = gettext("并列第 %(place)d") if found["is_tied"] else gettext("第 %(place)d")
        return words % {"place": found["place"]}

    def _cells(
        self, by: By, key: str | None, kept: Mapping[str, Any], wanted: tuple[Measure | Act, ...]
    ) -> list[Cell]:
        measures = {one: Figure.from_json(kept[one.value]) for one in wanted}
        return cells_of(replace(self.question, by=by), key, measures, self.issued)


def heads(wanted: tuple[Measure | Act, ...]) -> list[tuple[str, bool]]:
    """The heads of the columns."""
    return [(head_of(one), one in MAIN) for one in wanted]
