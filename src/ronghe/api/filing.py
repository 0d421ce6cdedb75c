"""Opening a case as the pages do: by an officer for somebody, or by the requester through another system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse

from ronghe.api.once import submission_for
from ronghe.api.problems import Problem
from ronghe.api.schemas import Receipt
from ronghe.api.sent import DeskFiling, Filing
from ronghe.casework import domain as casework
from ronghe.casework.domain.on_behalf import open_on_behalf
from ronghe.casework.queries.clocks import reading_of
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.core import creditcode
from ronghe.core.errors import RongheError
from ronghe.core.worktime import Light, sentence
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Identity, Kind, Requester
from ronghe.organisations import domain as organisations
from ronghe.organisations.queries import by_code, by_credit_code
from ronghe.www.filing.offers import channels
from ronghe.www.portal.forms import FEWEST_DIGITS, MOST_DIGITS
from ronghe.www.portal.offers import PUBLIC_REQUESTERS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from ronghe.api.auth import Asker
    from ronghe.casework.models import Case
    from ronghe.definitions.queries import Loaded
    from ronghe.organisations.models import Organisation

API = "system:api"


def file_at_desk(request: HttpRequest, asker: Asker, sent: DeskFiling) -> Receipt:
    """An officer files for somebody; what they may file is the domain's to say."""
    procedure = _procedure(sent.procedure, asker)
    opened = open_on_behalf(
        procedure,
        asker.by(),
        submission=submission_for(request),
        channel=_channel(sent.channel),
        related=_related(sent.related, asker),
        source=sent.source,
        source_number=sent.source_number,
        **_given(procedure, sent, asker, asker.actor),
    )
    return receipt(opened, procedure, asker, "api-get-case")


def file_for_requester(request: HttpRequest, asker: Asker, sent: Filing) -> Receipt:
    """The requester files through another system: what the portal offers, and nobody stands between."""
    procedure = _procedure(sent.procedure, asker)
    if procedure.body.requester not in PUBLIC_REQUESTERS:
        raise wrong("procedure", "没有这个事项类别，或不由群众和企业自己提。请先取 GET /api/v1/procedures。")
    opened = casework.open_case(
        procedure,
        at=asker.now,
        submission=submission_for(request),
        channel="web",
        origin="api",
        **_given(procedure, sent, asker, API),
    )
    return receipt(opened, procedure, asker, "api-get-request")


def wrong(field: str, said: str) -> Problem:
    """One field that must be changed."""
    return Problem(422, "invalid", said, errors={field: said})


def _procedure(code: str, asker: Asker) -> Loaded:
    found = definitions.find(Kind.PROCEDURE, code, asker.on)
    if found is None or found.first_effective > asker.on:
        raise wrong("procedure", "没有这个事项类别。能提的类别见 GET /api/v1/procedures。")
    return found


def _given(procedure: Loaded, sent: Filing, asker: Asker, actor: str) -> dict[str, Any]:
    """What every filing carries, looked up."""
    return {
        "values": sent.values,
        "contact": _contact(sent),
        "about": _enterprise(procedure, sent, asker, actor),
        "about_unit": _about_unit(procedure, sent),
    }


def _contact(sent: Filing) -> organisations.Contact | None:
    if sent.contact is None:
        return None
    phone = sent.contact.phone
    if phone and not FEWEST_DIGITS <= sum(sign.isdigit() for sign in phone) <= MOST_DIGITS:
        raise wrong("contact.phone", "电话应为 11 位手机号，或带区号的座机号，请核对；不想留可以空着。")
    return organisations.Contact(name=sent.contact.name, phone=phone) or None


def _enterprise(procedure: Loaded, sent: Filing, asker: Asker, actor: str) -> Organisation | None:
    if not sent.credit_code:
        if procedure.body.requester is Requester.ENTERPRISE:
            raise wrong("credit_code", "请填写统一社会信用代码。")
        return None
    try:
        code = creditcode.check(sent.credit_code)
    except RongheError as error:
        raise wrong("credit_code", error.message) from error
    found = by_credit_code(code)
    if found is not None:
        return found
    if not sent.enterprise_name:
        said = "系统里还没有这个代码。请核对；没有错的话，请填上企业名称，我们登记后核实。"
        raise wrong("enterprise_name", said)
    return organisations.register_enterprise(
        credit_code=code, name=sent.enterprise_name, actor=actor, at=asker.now
    )


def _about_unit(procedure: Loaded, sent: Filing) -> Organisation | None:
    if not sent.about_unit:
        return None
    if procedure.body.identity is not Identity.PROTECTED:
        raise wrong("about_unit", "这类件不针对单位，请不要填。")
    found = by_code(sent.about_unit)
    if found is None or found.kind == "enterprise":
        raise wrong("about_unit", "没有这个单位，请核对代码。")
    return found


def _channel(code: str) -> str:
    if code and code not in dict(channels()):
        raise wrong("channel", "没有这个渠道，请从清单 channels 里选。")
    return code


def _related(number: str, asker: Asker) -> Case | None:
    if not number:
        return None
    try:
        return find_visible_or_404(asker.account, number.upper())
    except Http404 as hidden:
        raise wrong("related", "没有找到这个编号的办件，请核对。") from hidden


def receipt(opened: casework.Opened, procedure: Loaded, asker: Asker, address: str) -> Receipt:
    """What is handed over: number, code, and when it is due."""
    case, days = opened.case, definitions.calendar()
    reading = reading_of(case, asker.now, days)
    return Receipt.model_construct(
        number=case.number,
        follow_code=opened.follow_code,
        state=case.state,
        opened_at=case.opened_at,
        due=case.due,
        light=str(reading.light(procedure.body.lights.left) if reading else Light.NONE),
        sentence=sentence(reading, asker.now, days) if reading and reading.due else "",
        revision=case.revision,
        url=reverse(address, args=[case.number]),
    )
