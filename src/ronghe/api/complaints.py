"""Complaining of how a case was handled, by its requester: a case of its own, which the unit never learns of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from ronghe.api import sent
from ronghe.api.auth import asker_of
from ronghe.api.filing import receipt
from ronghe.api.offering import form_of
from ronghe.api.problems import Problem
from ronghe.api.requests import SCOPE, Code, followed
from ronghe.api.schemas import Receipt
from ronghe.api.service import reads, writes
from ronghe.casework.domain.complaining import complain, may_be_complained_of
from ronghe.casework.models import Case
from ronghe.casework.queries.complaints import COMPLAINT, open_complaint
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind

CHANNEL = "web"
router = Router(tags=["诉求人"])


class ComplaintAsked(Schema):
    """How a case may be complained of."""

    may_complain: bool = Field(
        title="能不能投诉", description="已有一件投诉正在核查、本身就是投诉的，不能再投诉。"
    )
    form: list[dict[str, Any]] = Field(title="投诉表单", description="不收投诉的为空。")


@reads(
    router,
    "/requests/{str:number}/complaint",
    name="getComplaintForm",
    title="怎么投诉",
    scopes=SCOPE,
    gives=ComplaintAsked,
)
def get_complaint_form(request: HttpRequest, number: str, follow_code: Code) -> ComplaintAsked:
    """Whether a complaint is taken, and by which form."""
    case, asker = followed(request, number, follow_code), asker_of(request)
    loaded = definitions.find(Kind.PROCEDURE, COMPLAINT, asker.on)
    return ComplaintAsked.model_construct(
        may_complain=bool(loaded) and may_be_complained_of(case) and open_complaint(case) is None,
        form=form_of(loaded.body.form if loaded else None, asker.on),
    )


def _open(request: HttpRequest, number: str, follow_code: str, **_values: Any) -> None:
    """Look at the code before the transaction: a wrong one stays counted."""
    request.followed = followed(request, number, follow_code)  # type: ignore[attr-defined]


@writes(
    router,
    "/requests/{str:number}/complaint",
    name="complainRequest",
    title="投诉办理",
    scopes=SCOPE,
    gives=Receipt,
    status=201,
    first=_open,
    description="对办理不满时投诉：另外立一件，由监督人员核查后答复，办理单位看不到。答复里是投诉自己的编号和查询码。",
)
def complain_request(request: HttpRequest, number: str, follow_code: Code, body: sent.Complained) -> Receipt:
    """The requester complains of how the case was handled."""
    case: Case = request.followed  # type: ignore[attr-defined]
    asker = asker_of(request)
    loaded = definitions.find(Kind.PROCEDURE, COMPLAINT, asker.on)
    if loaded is None:
        raise Problem(422, "no-complaints", "本市没有设投诉办理，没有立件。请在评价里写明。")
    opened = complain(case.pk, values=body.values, at=asker.now, channel=CHANNEL)
    return receipt(opened, loaded, asker, "api-get-request")
