"""People who sign in with a phone: two residents, an enterprise's owner with a delegate, one whose claim waits."""

from __future__ import annotations

from django.conf import settings

from ronghe.core.creditcode import make
from ronghe.management.demo.recent.weeks import Weeks
from ronghe.organisations.domain import register_enterprise
from ronghe.organisations.domain.claims import add_delegate, ask_claim, settle_claim
from ronghe.organisations.domain.visitors import learn_name, send_code, sign_in
from ronghe.organisations.models import Organisation, Visitor
from ronghe.organisations.queries import powers_of

CODE = 135790
PHONES = settings.DEMO_PHONES
RESIDENTS = ((PHONES["resident"], "居民示甲"), (PHONES["neighbour"], "居民示乙"))


def visit(weeks: Weeks) -> None:
    """Everybody signs in once with a code; the residents have each something open and something answered."""
    for number, (phone, name) in enumerate(RESIDENTS):
        visitor = _signed_in(weeks, phone, name, 6, f"08:4{number}")
        for back, title, detail in LETTERS[number]:
            case = weeks.message(
                weeks.at(back, "08:55"), title, detail, contact=None, identity=visitor.identity
            )
            case = weeks.taken(case, back, f"10:2{number}")
            if back > 3:
                weeks.answered(case, back - 2, f"15:1{number}", "已到现场处理，当日恢复正常，请您继续监督。")
    _enterprise(weeks)


def _enterprise(weeks: Weeks) -> None:
    city = weeks.city
    group = city.groups[0]
    firm = (city.served.get(group.pk) or city.enterprises)[0]
    owner = _signed_in(weeks, PHONES["owner"], "示例企业负责人", 7, "09:10")
    claim = ask_claim(owner, firm.code, at=weeks.at(7, "09:15"))
    at = weeks.at(6, "10:05")
    steward = powers_of(weeks.handler(group), at.date())
    claim = settle_claim(claim, powers=steward, approve=True, at=at)
    add_delegate(claim, phone=PHONES["delegate"], name="示例企业经办", at=weeks.at(5, "19:20"))
    title, detail = "危险废物经营许可续期", "危险废物经营许可下月到期，续期材料提前多久交，请明确。"
    case = weeks.request(
        weeks.at(2, "09:00"), title, detail, contact=None, identity=owner.identity, about=firm
    )
    weeks.taken(case, 2, "10:45")
    claimant = _signed_in(weeks, PHONES["claimant"], "示例企业股东", 1, "11:20")
    ask_claim(claimant, _unserved(weeks).code, at=weeks.at(1, "11:25"))


def _unserved(weeks: Weeks) -> Organisation:
    """An enterprise nobody serves: who claims it waits at the triage desk."""
    city = weeks.city
    served = {firm.pk for firms in city.served.values() for firm in firms}
    for firm in city.enterprises:
        if firm.pk not in served:
            return firm
    code, name = make("91440300DEM0FRM01"), "望江示例未挂点商贸有限公司"
    return register_enterprise(credit_code=code, name=name, actor=city.actor, at=city.at)


def _signed_in(weeks: Weeks, phone: str, name: str, back: int, clock: str) -> Visitor:
    at = weeks.at(back, clock)
    send_code(phone, at=at, draw=lambda _below: CODE)
    visitor = sign_in(phone, f"{CODE:06}", at=at)
    learn_name(visitor, name)
    return visitor


LETTERS = (
    (
        (5, "雨后小区门口积水", "雨后小区门口积水没过脚面，孩子上学要绕路。"),
        (1, "夜间装修噪声", "楼上晚上十点还在装修，请问可以投诉到哪里。"),
    ),
    (
        (4, "绿化带堆放垃圾", "小区外绿化带堆了建筑垃圾，一周没人清。"),
        (2, "扬尘影响晾晒", "对面工地扬尘大，衣服没法晾，请督促洒水。"),
    ),
)
