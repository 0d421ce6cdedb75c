"""What a case waits for that something else does: said in a sentence, with the way to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from ronghe.casework.domain import waiting_until
from ronghe.casework.models import Case
from ronghe.casework.queries.running import Waiting, waiting
from ronghe.casework.rules import workable
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.www.things import link_of

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers
    from ronghe.www.desk.page import CasePage

STARTS = frozenset({"activity", "bulletin"})
"""What somebody records or draws up for a step to go on."""


@dataclass(frozen=True)
class Expected:
    """One step that waits: what it is, in words why, a link to what is there, and the button that begins it."""

    waiting: Waiting
    sentence: str
    thing: str = ""
    link: str = ""
    start: str = ""
    button: str = ""


def expected_of(page: CasePage) -> list[Expected]:
    """The open steps that something else does, as the page tells them."""
    found = waiting(page.case, page.steps)
    if not found:
        return []
    refs = {one.ref for one in found if one.ref}
    seen = visible_of(refs, page.powers)
    titles = titles_of(seen)
    return [_expected(one, page, titles) for one in found]


def _expected(one: Waiting, page: CasePage, titles: dict[Ref, str]) -> Expected:
    may_start = one.kind in STARTS and one.step.holder_id in workable(page.powers)
    return Expected(
        waiting=one,
        sentence=_sentence(one),
        thing=titles.get(one.ref, "") if one.ref else "",
        link=_link(one.ref) if one.ref in titles else "",
        start=_start(one, page.case) if may_start else "",
        button=gettext("去记录") if one.kind == "activity" else gettext("去起草"),
    )


def _sentence(one: Waiting) -> str:
    said = {
        "procedure": gettext("这一步由“%(name)s”来办，那边办结后自动转入下一步。"),
        "judgement": gettext("这一步等“%(name)s”，作出评判后自动转入下一步。"),
        "activity": gettext("开展并记录一次“%(name)s”后，自动转入下一步。"),
        "bulletin": gettext("“%(name)s”签发后（有期限的，期满后），自动转入下一步。"),
    }[one.kind]
    words = said % {"name": one.name}
    if one.lacks:
        words += gettext("已经有过一次，但还不够条件，要再来一次。")
    return words


def _link(ref: Ref | None) -> str:
    if ref is None or ref[0] != "case":
        return link_of(ref) if ref else ""
    return reverse("case", args=[Case.objects.values_list("number", flat=True).get(pk=ref[1])])


def _start(one: Waiting, case: Case) -> str:
    try:
        if one.kind == "activity":
            return f"{reverse('activity-new', args=[one.code])}?{urlencode({'run': case.number})}"
        return f"{reverse('paper-begin')}?{urlencode({'case': case.number, 'bulletin': one.code})}"
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class About:
    """What a case is about beside an organisation, or what gave rise to it."""

    label: str
    title: str
    link: str = ""


def about_of(case: Case, powers: Powers) -> list[About]:
    """The things a case is about and came from, as far as the reader may know them."""
    named = {
        gettext("关于"): (case.thing_type, case.thing_id),
        gettext("来自"): (case.came_from_type, case.came_from_id),
    }
    refs = {label: (type_, number) for label, (type_, number) in named.items() if number is not None}
    if not refs:
        return []
    titles = titles_of(visible_of(set(refs.values()), powers))
    return [About(label, titles[ref], _link(ref)) for label, ref in refs.items() if ref in titles]


def waits_of(page: CasePage) -> dict[int, str]:
    """For the steps that may not be done yet: until when, in words."""
    return {no: _until(until, page) for no, until in waiting_until(page.case, page.now).items()}


def _until(until: dt.datetime, page: CasePage) -> str:
    day = page.calendar.local(until)
    return gettext("要等到 %(year)d年%(month)d月%(day)d日 以后才能办，期限没满不能提前提交。") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }
