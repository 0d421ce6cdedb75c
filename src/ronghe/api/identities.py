"""Reading a protected identity: a POST with a reason, recorded; shown once, and kept nowhere, not even for a repeated key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from ronghe.api import sent
from ronghe.api.auth import Needs, asker_of
from ronghe.api.cases import visible
from ronghe.api.models import Given
from ronghe.api.once import CONTENT_TYPE, fingerprint_of, key_of, token_of
from ronghe.api.problems import Problem
from ronghe.organisations import domain as organisations
from ronghe.organisations.domain import seal_text
from ronghe.rows import insert
from ronghe.www.desk.page import CasePage

router = Router(tags=["办理"])


class Revealed(Schema):
    """Who asked."""

    number: str = Field(title="编号")
    name: str = Field(title="姓名")
    phone: str = Field(title="电话")
    email: str = Field(title="电子邮箱")
    address: str = Field(title="住址")
    id_number: str = Field(title="身份证号")


def _once(view: Callable[..., Revealed]) -> Callable[..., HttpResponse]:
    """The view, done once for a key. Of the answer nothing is kept, so the same key again shows nothing."""

    def done_once(request: HttpRequest, **values: Any) -> HttpResponse:
        key, fingerprint, token = key_of(request), fingerprint_of(request), token_of(request)
        try:
            with transaction.atomic():
                kept = Given(token=token, key=key, fingerprint=fingerprint, status=200, at=timezone.now())
                kept.sealed = seal_text("{}")
                insert([kept])
                said = view(request, **values)
        except IntegrityError:
            detail = "用这个键已经看过一次，没有再显示。要再看，请换一个键，再写一次理由。"
            raise Problem(409, "revealed-before", detail) from None
        answer = HttpResponse(said.model_dump_json(), content_type=CONTENT_TYPE)
        answer["Cache-Control"] = "no-store"
        return answer

    return done_once


@router.post(
    "/cases/{str:number}/reveal",
    auth=Needs("reveal"),
    response={200: Revealed},
    operation_id="revealIdentity",
    summary="查看受保护的身份",
    url_name="api-reveal-identity",
    description="要有专门授权，并写明理由；谁、什么时候、为了哪一件看的，都记入台账，管理员和督查的人看得到。同一个键不再显示第二次。",
)
def reveal_identity(request: HttpRequest, number: str, body: sent.Reasoned) -> Revealed:
    """Open the identity of a case's requester."""
    asker, case = asker_of(request), visible(request, number)
    page = CasePage(case, asker.account, asker.now)
    if not page.acts.may_reveal or case.identity is None:
        raise Problem(403, "not-yours", "查看受保护的身份要有专门授权，这一件没有显示。")
    contact = organisations.reveal(
        case.identity, actor=asker.actor, reason=body.reason, at=asker.now, about=("case", case.pk)
    )
    return Revealed.model_construct(
        number=case.number,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        address=contact.address,
        id_number=contact.id_number,
    )


reveal_identity._ninja_operation.view_func = _once(reveal_identity)  # type: ignore[attr-defined]  # noqa: SLF001 - ninja's own mark
