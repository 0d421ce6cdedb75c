"""Filters and tags every template has without loading."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from types import SimpleNamespace

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, gettext_noop

from ronghe.core.worktime import Light, Unit

register = template.Library()

WEEKDAYS = (
    gettext_noop("周一"),
    gettext_noop("周二"),
    gettext_noop("周三"),
    gettext_noop("周四"),
    gettext_noop("周五"),
    gettext_noop("周六"),
    gettext_noop("周日"),
)
# The words of `core.worktime.Light`, which core cannot mark for the catalogue itself.
LIGHT_WORDS = (
    gettext_noop("正常"),
    gettext_noop("临期"),
    gettext_noop("超期"),
    gettext_noop("暂停"),
    gettext_noop("办结"),
    gettext_noop("无时限"),
)


@register.filter
def shape(light: str) -> str:
    """The shape of a light, so that print and colour blindness lose nothing."""
    return Light(light).shape


@register.filter
def light_word(light: str) -> str:
    """The word of a light."""
    return gettext(Light(light).label)


@register.filter
def light_mark(light: str) -> str:
    """A light as pages show it: its shape and its word."""
    return _light_mark(light, get_language())


@lru_cache(maxsize=64)
def _light_mark(light: str, _language: str | None) -> str:
    mark = '<span class="light light-{}"><span aria-hidden="true">{}</span>{}</span>'
    return format_html(mark, light, shape(light), light_word(light))


@register.filter
def counted(unit: Unit, amount: int) -> str:
    """An amount of time with its measure word: 3 个工作日."""
    return Unit(unit).counted(amount)


@register.filter
def counted_late(unit: Unit, amount: int) -> str:
    """How late, in words; a limit in months is late by days, and less than one unit is said so."""
    of = Unit.DAY if Unit(unit) is Unit.MONTH else Unit(unit)
    return of.counted(amount) if amount else gettext("不足 %(one)s") % {"one": of.counted(1)}


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """`11月26日 周四`, with the year when it is not this one; empty for nothing."""
    if value is None or value == "":
        return ""
    date = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return _day(date, get_language(), has_year=date.year != timezone.localdate().year)


@lru_cache(maxsize=2048)
def _day(date: dt.date, _language: str | None, *, has_year: bool) -> str:
    words = {
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "weekday": gettext(WEEKDAYS[date.weekday()]),
    }
    if has_year:
        return gettext("%(year)d年%(month)d月%(day)d日 %(weekday)s") % words
    return gettext("%(month)d月%(day)d日 %(weekday)s") % words


@register.filter
def moment(value: dt.datetime | None) -> str:
    """`11月26日 周四 15:30`; empty for nothing."""
    if value is None or value == "":
        return ""
    return f"{day(value)} {timezone.localtime(value):%H:%M}"


@register.simple_tag(takes_context=True)
def nav_item(context: template.Context, name: str, word: str, here: str) -> str:
    """A page in a menu, by the name of its address; `here`: what the names of the addresses around it hold."""
    current = mark_safe(' aria-current="page"') if here in _address_of(context) else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', reverse(name), current, word)


def _address_of(context: template.Context) -> str:
    """The name of the address that was asked for."""
    match = getattr(context.get("request"), "resolver_match", None)
    return (match.url_name if match else "") or ""


class Unchanging(template.Node):
    """A part of the frame around pages, written once for each language, address and set of powers.

    What stands in it sees these and nothing else, so that nothing of one reader can be shown to another. The name of a
    thing may be given that it sees as well: then it is written once for each `written_as` of the thing, and anew each time
    where that is None.
    """

    KEPT = 100
    NOTHING = SimpleNamespace(written_as=())

    def __init__(self, parts: template.NodeList, name: str = "") -> None:
        self._parts, self._name = parts, name
        self._written: dict[tuple[object, ...], str] = {}

    def render(self, context: template.Context) -> str:
        powers, here = context["may"].held, _address_of(context)
        thing = context[self._name] if self._name else self.NOTHING
        if thing.written_as is None:
            return self._parts.render(context)
        key = (get_language(), here, powers, thing.written_as)
        if (written := self._written.get(key)) is None:
            request = SimpleNamespace(resolver_match=SimpleNamespace(url_name=here))
            own = {"may": dict.fromkeys(powers, True), "request": request, self._name: thing}
            written = self._parts.render(context.new(own))
            if len(self._written) >= self.KEPT:
                self._written.clear()
            self._written[key] = written
        return mark_safe(written)  # noqa: S308 - a template wrote it


@register.tag
def unchanging(parser: template.base.Parser, token: template.base.Token) -> Unchanging:
    """`{% unchanging [thing] %}…{% endunchanging %}`: see `Unchanging`."""
    parts = parser.parse(("endunchanging",))
    parser.delete_first_token()
    return Unchanging(parts, *token.split_contents()[1:])


@register.filter
def spaced(code: str) -> str:
    """A code in groups of four, as people read it out and copy it."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
