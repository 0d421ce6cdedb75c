"""Telling a unit, a checker or an appellant what was found, in the transaction of the act."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.cases import openings_of
from ronghe.messages.domain import Address, send
from ronghe.organisations.models import Person
from ronghe.organisations.queries import holders


def tell_unit(judgement: Judgement, *, cause: str, at: dt.datetime) -> None:
    """Tell whoever leads the unit (else whoever handles there) that a case is to be done again, and why."""
    number = _number(judgement)
    words = {
        "rating": gettext("诉求人对这次办理不满意，本件已按规定重新办理，重新计时，答复要换一个人审签。"),
        "check": gettext(
            "日抽查发现这次答复有没做到的地方，本件已退回重新办理，重新计时，答复要换一个人审签。"
        ),
    }
    for person in _in_charge(judgement.organisation_id, timezone.localdate(at)):
        send(
            Address("person", person.pk),
            kind=f"redo-{cause}",
            title=gettext("%(number)s 要重新办理") % {"number": number},
            text=words[cause],
            link=reverse("case", args=[number]),
            about=(judgement.subject_type, judgement.subject_id),
            at=at,
        )


def tell_checker(person_id: int, count: int, *, at: dt.datetime) -> None:
    """Tell somebody how many replies were drawn for them to check."""
    send(
        Address("person", person_id),
        kind="checks-drawn",
        title=gettext("今天抽到您的答复有 %(n)d 件") % {"n": count},
        text=gettext("请逐件看诉求和答复，对照三个基本点作出评判。"),
        link=reverse("checks"),
        at=at,
    )


def tell_appellant(rating: Judgement, *, is_voided: bool, at: dt.datetime) -> None:
    """Tell who contested a rating what was decided."""
    if not rating.appealed_by.startswith("person:"):
        return
    number = _number(rating)
    said = (
        gettext("申诉成立，这次评价作废，不计入满意率。重新办理照常进行。")
        if is_voided
        else gettext("申诉不成立，这次评价有效。")
    )
    send(
        Address("person", int(rating.appealed_by.removeprefix("person:"))),
        kind="appeal-settled",
        title=gettext("%(number)s 的评价申诉有了结果") % {"number": number},
        text=said,
        link=reverse("checks-rating", args=[rating.pk]),
        about=(rating.subject_type, rating.subject_id),
        at=at,
    )


def _number(judgement: Judgement) -> str:
    opening = openings_of([judgement.subject_id]).get(judgement.subject_id)
    return opening.number if opening else ""


def _in_charge(organisation: int | None, on: dt.date) -> list[Person]:
    if organisation is None:
        return []
    for power in (Power.LEAD, Power.HANDLE):
        kinds = [one.edition.code for one in definitions.live(Kind.POST, on) if power in one.body.may]
        if found := holders(kinds, organisation, on):
            return found
    return []
