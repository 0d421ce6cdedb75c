"""Templates: what a step's or a bulletin's `template` names is a list whose lines are the parts of a reply or paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ronghe.core.procedure import steps_of
from ronghe.definitions.checking.catalogue import Catalogue, fields_of
from ronghe.definitions.checking.documents import Checked
from ronghe.definitions.enums import PAPER_WORDS, REPLY_WORDS, Kind
from ronghe.definitions.kinds import BulletinDefinition, ListDefinition, ProcedureDefinition
from ronghe.definitions.reading import Problem

TEXT = "text"
_WORD = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"(about|case|form)(\.[a-z][a-z0-9-]*)+")


def not_composable(checked: Checked, catalogue: Catalogue) -> list[Problem]:
    """Templates that name no list of reply parts, and words in braces of such a list that nobody fills in."""
    body = checked.body
    if isinstance(body, ProcedureDefinition):
        return list(_unknown_templates(checked, body, catalogue))
    if isinstance(body, BulletinDefinition):
        return list(_unknown_parts(checked, body, catalogue))
    if isinstance(body, ListDefinition) and TEXT in fields_of(body):
        is_paper = any(getattr(one, "template", "") == body.code for one in catalogue.of(Kind.BULLETIN))
        return list(_unknown_words(checked, body, is_paper=is_paper))
    return []


def _unknown_templates(
    checked: Checked, body: ProcedureDefinition, catalogue: Catalogue
) -> Iterator[Problem]:
    known = [one.code for one in catalogue.of(Kind.LIST) if TEXT in fields_of(one)]
    for placed in steps_of(body.flow):
        name = placed.step.template
        if name is None or name in known:
            continue
        is_list = catalogue.has((Kind.LIST,), name)
        wrong = "没有写各部分内容的“text”列" if is_list else "哪个清单也不是"
        message = f"答复模板“{name}”{wrong}。"
        cure = f"写一个答复模板清单的代码，已有：{'、'.join(sorted(set(known))) or '无'}"
        yield checked.document.problem((*placed.field, "template"), message, cure, "template")


def _unknown_parts(checked: Checked, body: BulletinDefinition, catalogue: Catalogue) -> Iterator[Problem]:
    known = sorted({one.code for one in catalogue.of(Kind.LIST) if TEXT in fields_of(one)})
    if body.template and body.template not in known:
        message = f"公文模板“{body.template}”不是写各部分内容的清单。"
        cure = f"写一个有“text”列的清单的代码，已有：{'、'.join(known) or '无'}"
        yield checked.document.problem(("template",), message, cure, "template")


def _unknown_words(checked: Checked, body: ListDefinition, *, is_paper: bool) -> Iterator[Problem]:
    known = PAPER_WORDS if is_paper else REPLY_WORDS
    words = "、".join(f"{{{word}}}" for word in sorted(known))
    for index, line in enumerate(body.lines):
        for word in _WORD.findall(str(line.facts.get(TEXT, ""))):
            if word not in known and not (is_paper and _PATH.fullmatch(word)):
                message = f"“{line.title}”里的“{{{word}}}”没有人会填，会原样发给对方。"
                yield checked.document.problem(
                    ("lines", index, TEXT), message, f"可用：{words}", "template-word"
                )
