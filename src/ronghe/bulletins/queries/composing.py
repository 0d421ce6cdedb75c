"""The parts of a bulletin by its template, what they say to begin with, and the paper they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ronghe.bulletins.enums import ADDRESSEE, ATTACHMENTS, COPIES, HEAD_PARTS, SHOWS, TITLE
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries.filling import BLANK, fill_late
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.text.paper import Block, Layout, Line, Paper, Table, blocks_of, in_chinese, numeral

BODY = "body"
YES = frozenset({True, "true", "是", "yes"})


@dataclass(frozen=True)
class Part:
    """One part: `heading` gives it a numbered heading of its own (一、…) where it says something."""

    code: str
    title: str
    text: str = ""
    required: bool = False
    heading: bool = False

    @property
    def is_head(self) -> bool:
        """Whether it is the title, 主送, 抄送 or 附件 and not text."""
        return self.code in HEAD_PARTS


PLAIN = (
    Part(TITLE, "标题", "{title}", required=True),
    Part(ADDRESSEE, "主送"),
    Part(BODY, "正文", required=True),
    Part(ATTACHMENTS, "附件"),
)
"""Of a bulletin without a template."""


def parts_of(loaded: Loaded, on: dt.date) -> tuple[Part, ...]:
    """The parts somebody writes, by the template of the day; there is always a title."""
    return tuple(part for part in _places(loaded, on) if part.code != SHOWS)


def _places(loaded: Loaded, on: dt.date) -> tuple[Part, ...]:
    """What stands in which order: the parts, and where the template says so, what is shown."""
    template = loaded.body.template
    found = definitions.find(Kind.LIST, template, on) if template else None
    if found is None:
        return PLAIN
    parts = tuple(
        Part(
            line.code,
            line.title,
            str(line.facts.get("text") or ""),
            line.facts.get("required") in YES,
            line.facts.get("heading") in YES,
        )
        for line in found.body.lines
    )
    return parts if any(part.code == TITLE for part in parts) else (PLAIN[0], *parts)


def loaded_of(paper: Bulletin) -> Loaded:
    """The edition it was begun under."""
    return definitions.by_edition(paper.edition_id)


def day_of(paper: Bulletin) -> dt.date:
    """The day whose template it follows."""
    return paper.opened_at.astimezone(SHANGHAI).date()


def title_of(parts: Mapping[str, str], fallback: str) -> str:
    """What the list calls it."""
    return " ".join(parts.get(TITLE, "").split())[:200] or fallback


def paper_of(paper: Bulletin, *, shown: Callable[[str], bool] = lambda _name: True) -> Paper:
    """The paper as it prints: an issued one from what was frozen, a draft as it would be. `shown` cuts it to some parts."""
    content = paper.content.get("paper") or draft_paper(paper)
    blocks: list[Block] = []
    for code, block in content["blocks"]:
        if shown(code):
            blocks.append(_block(block))
    said_day = content.get("day")
    return Paper(
        title=content["title"] if shown(TITLE) else paper.edition.title,
        blocks=tuple(blocks),
        layout=Layout(content["layout"]),
        heading=content["heading"],
        number=paper.number,
        to=content["to"] if shown(ADDRESSEE) else "",
        attachments=tuple(content["attachments"]) if shown(ATTACHMENTS) else (),
        issuer=content["issuer"],
        day=dt.date.fromisoformat(said_day) if said_day else None,
        copies=content["copies"] if shown(COPIES) else "",
        printed=content["issuer"] if content["copies"] and shown(COPIES) else "",
    )


def _block(raw: Any) -> Block:
    if isinstance(raw, dict):
        return Table(tuple(raw["head"]), tuple(tuple(row) for row in raw["rows"]))
    text, level = raw
    return Line(text, level)


def draft_paper(
    paper: Bulletin, *, day: dt.date | None = None, until: dt.datetime | None = None
) -> dict[str, Any]:
    """What is frozen when it is issued: JSON of every line, each with the part it belongs to."""
    loaded = loaded_of(paper)
    parts = paper.content.get("parts", {})
    late = {
        "today": in_chinese(day) if day else BLANK,
        "until": in_chinese(until.astimezone(SHANGHAI).date()) if until else BLANK,
    }
    told = {code: fill_late(text, late) for code, text in parts.items()}
    name = paper.organisation.name
    layout = loaded.body.layout
    return {
        "layout": layout,
        "heading": f"{name}文件" if layout == "red-head" else name if layout == "letter" else "",
        "title": title_of(told, loaded.edition.title),
        "to": " ".join(told.get(ADDRESSEE, "").split()),
        "copies": " ".join(told.get(COPIES, "").split()),
        "attachments": [line.strip() for line in told.get(ATTACHMENTS, "").splitlines() if line.strip()],
        "blocks": [[code, _raw(block)] for code, block in _body(loaded, told, paper)],
        "issuer": name,
        "day": day.isoformat() if day else None,
    }


def _raw(block: Block) -> Any:
    if isinstance(block, Table):
        return {"head": list(block.head), "rows": [list(row) for row in block.rows]}
    return [block.text, block.level]


def _body(loaded: Loaded, told: Mapping[str, str], paper: Bulletin) -> list[tuple[str, Block]]:
    """The text, part by part, with what it shows in its place, else last; a part that asks for a heading is numbered."""
    made: list[tuple[str, Block]] = []
    shown = [(one["word"], block) for one in paper.content.get("shown", []) for block in _shown(one)]
    headings = 0
    for part in _places(loaded, day_of(paper)):
        text = told.get(part.code, "").strip()
        if part.code == SHOWS:
            made, shown = made + shown, []
        if part.is_head or not text:
            continue
        if part.heading:
            headings += 1
            made.append((part.code, Line(f"{numeral(headings)}、{part.title}", 1)))
        made += [(part.code, block) for block in blocks_of(text)]
    return made + shown


def _shown(one: Mapping[str, Any]) -> list[Block]:
    if "rows" in one:
        head = tuple(one["head"])
        return [Line(f"{one['title']}："), Table(head, tuple(tuple(row) for row in one["rows"]))]
    return [Line(f"{one['title']}：{one['words']}")]
