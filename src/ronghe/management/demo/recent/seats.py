"""Who sits where besides: commissioners and stewards of enterprises, a leading group, and who acts for whom."""

from __future__ import annotations

import datetime as dt

from ronghe.management.demo.recent.weeks import Weeks
from ronghe.organisations import domain
from ronghe.organisations.models import Organisation, Post

GROUP = "yhyshj"
MEMBERS = ("sthjj", "zjj", "gxj", "zwfwj")


def seat(weeks: Weeks) -> None:
    """Commissioners and stewards for enterprises of the first group, a leading group, delegations."""
    _commissioners(weeks)
    _leading_group(weeks)
    _delegations(weeks)


def _commissioners(weeks: Weeks) -> None:
    city = weeks.city
    group = city.groups[0]
    firms = city.served.get(group.pk) or city.enterprises
    for number, code in enumerate(("sthjj", "gxj", "kjj")):
        unit = city.units[code]
        city.seat(unit, "commissioner")
        _to_firms(weeks, Post.objects.get(organisation=unit, kind="commissioner"), firms[number:9:4])
    for number, post in enumerate(Post.objects.filter(organisation=group, kind="steward").order_by("pk")):
        _to_firms(weeks, post, firms[number:10:2])


def _to_firms(weeks: Weeks, post: Post, firms: list[Organisation]) -> None:
    city = weeks.city
    for firm in firms:
        from_, to = ("post", post.pk), ("organisation", firm.pk)
        domain.relate(f"{post.kind}-of", from_=from_, to=to, actor=city.actor, at=city.at)


def _leading_group(weeks: Weeks) -> None:
    city = weeks.city
    group = city.unit(GROUP, "leading-group", "市优化营商环境改革工作领导小组")
    city.leaders[group.pk] = city.seat(group, "leading-group-head")
    city.seat(group, "leading-group-deputy")
    city.handlers[group.pk] = [city.seat(group, "handler")]
    for code in MEMBERS:
        city.relate("member-unit", city.units[code], group)


def _delegations(weeks: Weeks) -> None:
    """A colleague of the demonstration accounts is away; the leader will be, from next week."""
    own, begun = weeks.own, weeks.at(3, "09:10")
    away, stays = weeks.handler(which=1), weeks.handler()
    domain.delegate(
        away,
        stays,
        begins=begun.date(),
        ends=weeks.last + dt.timedelta(days=21),
        reason="外出参加业务培训",
        actor=f"person:{away.pk}",
        at=begun,
    )
    head, at = weeks.city.leaders[own.pk], weeks.at(0, "09:40")
    domain.delegate(
        head,
        weeks.city.deputies[own.pk],
        begins=weeks.last + dt.timedelta(days=30),
        ends=weeks.last + dt.timedelta(days=37),
        reason="出差",
        actor=f"person:{head.pk}",
        at=at,
    )
