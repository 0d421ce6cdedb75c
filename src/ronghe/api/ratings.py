"""How a case was rated, and the unit's objection to a rating that does not fit what was done."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from ronghe.api import sent
from ronghe.api.auth import asker_of
from ronghe.api.cases import READ, visible
from ronghe.api.schemas import Instant, Said
from ronghe.api.service import reads, writes
from ronghe.judgements import domain as judgements, rules
from ronghe.judgements.models import Judgement
from ronghe.organisations.queries import Powers
from ronghe.www.portal.reading import scores

DESK = ("desk",)
LARGEST = 2**31
router = Router(tags=["评价"])


class RatingShown(Schema):
    """A rating, without who gave it."""

    id: int = Field(title="评价编号")
    round: int = Field(title="第几轮")
    at: Instant = Field(title="评价时间")
    answers: list[Said] = Field(title="评价内容")
    standing: str = Field(
        title="效力", description="counted 计入、quarantined 待核实、voided 作废。作废的不计入统计。"
    )
    appeal: str = Field(title="申诉理由", description="没有申诉的为空。")
    may_appeal: bool = Field(title="本账号能不能申诉")


class Ratings(Schema):
    """The ratings of a case."""

    items: list[RatingShown] = Field(title="评价")


@reads(
    router,
    "/cases/{str:number}/ratings",
    name="listRatings",
    title="评价",
    scopes=READ,
    gives=Ratings,
    description="诉求人对这一件的评价，先评的在前。",
)
def list_ratings(request: HttpRequest, number: str) -> Ratings:
    """How it was rated, the first first."""
    case, powers = visible(request, number), asker_of(request).powers
    return Ratings.model_construct(items=[_shown(one, powers) for one in _of(case.pk)])


def _of(case_id: int) -> list[Judgement]:
    found = Judgement.objects.filter(
        subject_type="case", subject_id=case_id, draw=None, is_review=False, given_at__isnull=False
    )
    return list(found.select_related("organisation", "edition", "second_of").order_by("given_at", "pk"))


def _shown(rating: Judgement, powers: Powers) -> RatingShown:
    answers = scores([rating])[0]["answers"]
    return RatingShown.model_construct(
        id=rating.pk,
        round=rating.round,
        at=rating.given_at or rating.asked_at,
        answers=[Said.model_construct(title=str(title), text=str(words)) for title, words in answers],
        standing=rating.standing,
        appeal=rating.appeal,
        may_appeal=rules.may_appeal(powers, rating),
    )


@writes(
    router,
    "/cases/{str:number}/ratings/{int:rating}/appeal",
    name="appealRating",
    title="对评价申诉",
    scopes=DESK,
    gives=RatingShown,
    description="承办单位认为差评与事实不符时申诉，每次评价一次，由督查人员核实；核实以前照常计入。",
)
def appeal_rating(request: HttpRequest, number: str, rating: int, body: sent.Appealed) -> RatingShown:
    """The unit objects to a bad rating."""
    case, asker = visible(request, number), asker_of(request)
    found = next((one for one in _of(case.pk) if one.pk == rating), None) if rating < LARGEST else None
    if found is None:
        raise Http404
    judgements.appeal_rating(found.pk, reason=body.reason, powers=asker.powers, at=asker.now)
    return next(_shown(one, asker.powers) for one in _of(case.pk) if one.pk == rating)
