"""Who asks for something to be filled in, on what basis, how often, and about how long it takes: in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.forms import Field
from ronghe.core.memory import remembered
from ronghe.core.worktime import Unit
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.grammar import Cadence
from ronghe.definitions.models import Edition
from ronghe.definitions.queries.asking import Owing, basis_words, owing, owner_of
from ronghe.www.duties.words import EACH

OWNERS = {"signed": _("本市签发的规定"), "common": _("全国通用的规定"), "city": _("本市的规定")}
ONCE = {
    Kind.PROCEDURE: _("有一件填一次"),
    Kind.ACTIVITY: _("开展一次记一次"),
    Kind.REGISTER: _("登记时填，有变化才改"),
    Kind.JUDGEMENT: _("评价一次填一次"),
    Kind.BULLETIN: _("拟一份填一次"),
}
MOST_LINES = 2


def cadence_words(every: Cadence) -> str:
    """每季度一次; 每 6 个月一次."""
    if every.each:
        return str(EACH[str(every.each)])
    if every.length is None:
        return gettext("每届任期一次")
    length = Unit(every.length.unit).counted(every.length.amount)
    return gettext("每 %(length)s一次") % {"length": length}


def publisher_words(edition: Edition) -> str:
    """本市签发的规定."""
    return str(OWNERS[owner_of(edition)])


def owner_words(edition: Edition) -> str:
    """本市签发的规定“企业诉求”."""
    return gettext("%(owner)s“%(title)s”") % {"owner": OWNERS[owner_of(edition)], "title": edition.title}


def often_words(kind: str, lines: list[Owing]) -> str:
    """How often: by the duties it meets, else by what it is."""
    if not lines:
        return str(ONCE.get(Kind(kind), _("需要时填")))
    said = [
        gettext("%(often)s（%(duty)s）") % {"often": cadence_words(one.every), "duty": one.title}
        for one in lines[:MOST_LINES]
    ]
    return "、".join(said)


def rests_on(body: Any, lines: list[Owing]) -> str:
    """The paper it rests on: its own, else that of the duties it meets."""
    return basis_words(body) or "、".join(dict.fromkeys(one.basis for one in lines if one.basis))


def seconds_words(seconds: int) -> str:
    """大约 20 秒; 大约 2 分钟."""
    if seconds < 60:
        return gettext("大约 %(n)d 秒") % {"n": seconds}
    return gettext("大约 %(n)d 分钟") % {"n": -(-seconds // 60)}


def why(kind: str, code: str) -> list[tuple[str, str]]:
    """What is said beside every field of a form: (label, words). Nothing for a form that is no definition's."""
    return remembered(("why", kind, code), lambda: _why(kind, code, timezone.localdate()))


def _why(kind: str, code: str, on: dt.date) -> list[tuple[str, str]]:
    found = definitions.find(kind, code, on)
    if found is None:
        return []
    lines = owing(kind, code, on)
    basis = rests_on(found.body, lines)
    said = [(gettext("谁要的"), owner_words(found.edition))]
    if basis:
        said.append((gettext("依据"), basis))
    said.append((gettext("多久一次"), often_words(kind, lines)))
    return said


def why_field(kind: str, code: str, asked: Field) -> list[tuple[str, str]]:
    """The same with how long this field takes."""
    said = why(kind, code)
    return [*said, (gettext("用时"), seconds_words(asked.seconds))] if said else []
