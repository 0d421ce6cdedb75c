"""The row that names the columns, however it is spelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ronghe.core.errors import RongheError
from ronghe.core.tables.rows import Cell, Row, is_blank

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_JOINTS = re.compile(r"[\s_*:：\-]+")
LEAST = 2  # a row that names fewer known columns is a title, not a heading


class TableError(RongheError):
    """A file that cannot be imported as it is; nothing was written."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column an import knows: its code, its official heading, and what else people call it."""

    code: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(plain_heading(name) for name in (self.code, self.title, *self.aliases))


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the columns of one sheet stand: `places` by code, `unknown` by the heading as written."""

    titles: tuple[str, ...]
    places: Mapping[str, int]
    unknown: Mapping[str, int] = field(default_factory=dict)

    def row(self, number: int, raw: Sequence[Cell]) -> Row:
        """A row of the sheet read by this heading; short rows end in nothing."""
        width = len(raw)
        return Row(
            number=number,
            raw=raw,
            cells={code: raw[place] for code, place in self.places.items() if place < width},
            extra={title: raw[place] for title, place in self.unknown.items() if place < width},
        )

    def title_of(self, code: str) -> str:
        """The heading over a column as the file writes it."""
        place = self.place_of(code)
        return code if place is None else self.titles[place]

    def place_of(self, code: str) -> int | None:
        """Where a column (by code, or an unknown one by its heading) stands; None: it does not."""
        return self.places.get(code, self.unknown.get(code))


def plain_heading(text: str) -> str:
    """`评价（1–5）*` and `Opened_At` as 评价 and openedat."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _JOINTS.sub("", _BRACKETS.sub("", plain)) or _JOINTS.sub("", plain)


def find_heading(raw: Sequence[Cell], columns: Sequence[Column]) -> Heading | None:
    """The heading this row is; None when it is none.

    Raises TableError `column-twice` and `column-missing`.
    """
    known = {name: column for column in columns for name in column.names}
    titles = tuple("" if is_blank(cell) else str(cell).strip() for cell in raw)
    places: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for place, title in enumerate(titles):
        column = known.get(plain_heading(title)) if title else None
        if column is None:
            if title:
                unknown.setdefault(title, place)
        elif column.code in places:
            message = f"第 {places[column.code] + 1} 列和第 {place + 1} 列都是“{column.title}”，没有导入。请删去或改名其中一列。"
            raise TableError("column-twice", message, column=column.code)
        else:
            places[column.code] = place
    if len(places) < min(LEAST, len(columns)):
        return None
    lacking = [column.title for column in columns if column.required and column.code not in places]
    if lacking:
        message = (
            f"缺少{'、'.join(f'“{title}”' for title in lacking)}列，没有导入。请在首行补上列名，再导入。"
        )
        raise TableError("column-missing", message, columns=lacking)
    return Heading(titles, places, unknown)
