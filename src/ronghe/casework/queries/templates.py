"""Reply templates: a list whose lines are the parts of a reply; what is composed of them is exactly what is sent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ronghe.casework.models import Case
from ronghe.core.procedure import Step
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind

_WORD = re.compile(r"\{([a-z]+)\}")
YES = frozenset({True, "true", "是", "yes"})


@dataclass(frozen=True)
class Part:
    """One part of a reply; `text` is what stands in it to begin with."""

    code: str
    title: str
    text: str
    required: bool


@dataclass(frozen=True)
class Template:
    """A reply template of the day, as its list says."""

    code: str
    title: str
    parts: tuple[Part, ...]


def template_for(node: Step, on: dt.date) -> Template | None:
    """The template the step names, as it is on that day."""
    loaded = definitions.find(Kind.LIST, node.template, on) if node.template else None
    if loaded is None:
        return None
    parts = tuple(
        Part(line.code, line.title, str(line.facts.get("text") or ""), line.facts.get("required") in YES)
        for line in loaded.body.lines
    )
    return Template(loaded.edition.code, loaded.edition.title, parts)


def words_for(case: Case, at: dt.datetime) -> dict[str, str]:
    """What may stand in braces in a part. Never the name of a person: a reply may become public."""
    local = at.astimezone(SHANGHAI)
    due = case.due.astimezone(SHANGHAI) if case.due else None
    return {
        "requester": case.about.name if case.about else "您",
        "number": case.number,
        "unit": case.responsible.name if case.responsible else "",
        "today": f"{local.year}年{local.month}月{local.day}日",
        "promised": f"{due.month}月{due.day}日" if due else "",
    }


def fill(text: str, words: Mapping[str, str]) -> str:
    """Put the known words in; braces that name nothing known stay as they are."""
    return _WORD.sub(lambda found: words.get(found[1], found[0]), text)


def compose(template: Template, parts: Mapping[str, str], words: Mapping[str, str]) -> str:
    """The reply: each part that has words, in the template's order, with the words of the case filled in."""
    said = (parts.get(part.code, part.text).strip() for part in template.parts)
    return "\n\n".join(fill(text, words) for text in said if text)


def missing(template: Template, parts: Mapping[str, str]) -> list[str]:
    """The titles of required parts left empty, or left as the template has them where that is nothing."""
    return [
        part.title for part in template.parts if part.required and not parts.get(part.code, part.text).strip()
    ]
