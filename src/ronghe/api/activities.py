"""Activities: which kinds one may record, who may be named, lists, one activity."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from ronghe.activities.models import Activity
from ronghe.activities.queries import showing
from ronghe.activities.queries.listing import Wanted, find_activities, organisers_of
from ronghe.api.activity_schemas import (
    ActivityKinds,
    ActivityKindShown,
    ActivityList,
    ActivityRow,
    ActivityShown,
    Figure,
    Members,
    PeopleTold,
    QuantityAsked,
    SideTold,
    UnitCount,
)
from ronghe.api.activity_sent import LARGEST
from ronghe.api.auth import Asker, asker_of
from ronghe.api.filing import wrong
from ronghe.api.offering import form_of
from ronghe.api.paging import Paged, page_by
from ronghe.api.problems import Problem
from ronghe.api.reading import unit_of
from ronghe.api.schemas import Person, Unit
from ronghe.api.sent import Moment
from ronghe.api.service import reads
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import by_code
from ronghe.organisations.queries.rolls import members_for
from ronghe.www.activities.offers import find_visible, offers_of
from ronghe.www.activities.shown import Shown

READ, WRITE = ("activities.read",), ("activities.write",)
router = Router(tags=["活动"])


class Filters(Paged):
    """Which activities are looked for."""

    kind: str = Field("", title="类别代码", max_length=64)
    state: Literal["", "planned", "held", "cancelled"] = Field(
        "", title="状态", description="不填是计划中和已开展的。"
    )
    organiser: str = Field("", title="组织单位代码", max_length=64)
    mine: bool = Field(False, title="只看本账号能登记的单位组织的")
    since: Moment | None = Field(None, title="开始时间不早于")
    until: Moment | None = Field(None, title="开始时间早于")
    q: str = Field("", title="名称里的字", max_length=80)


@reads(
    router,
    "/activity-kinds",
    name="listActivityKinds",
    title="能登记的活动类别",
    scopes=("activities.read", "activities.write"),
    gives=ActivityKinds,
    description="本账号能替哪些单位登记哪些活动，各要填什么。",
)
def list_kinds(request: HttpRequest) -> ActivityKinds:
    """What may be recorded with this token today."""
    asker = asker_of(request)
    offers = offers_of(asker.account)
    return ActivityKinds.model_construct(
        units=[Unit.model_construct(code=unit.code, name=unit.name) for unit in offers.units],
        items=[_kind(loaded, asker.on) for loaded in offers.kinds],
    )


def _kind(loaded: Loaded, on: dt.date) -> ActivityKindShown:
    return ActivityKindShown.model_construct(
        code=loaded.edition.code,
        title=loaded.edition.title,
        about=list(loaded.body.about),
        form=form_of(loaded.body.form, on),
        quantities=[
            QuantityAsked.model_construct(code=one.code, title=one.title, unit=one.unit, places=one.places)
            for one in loaded.body.quantities
        ],
    )


@reads(
    router,
    "/activity-members",
    name="listActivityMembers",
    title="能点名的人",
    scopes=WRITE,
    gives=Members,
    description="一个单位名册上的人，登记活动时写到 persons。只给管这份名册的人。",
)
def list_members(
    request: HttpRequest, unit: Annotated[str, Query(title="单位代码", max_length=64)]
) -> Members:
    """Whom one may name of a unit whose roll one keeps."""
    asker, found = asker_of(request), unit_named("unit", unit)
    if not asker.powers.may("roll", found.pk):
        raise Problem(403, "not-yours", "这份名册不由本账号的岗位管，没有显示。活动可以只填人数。")
    return Members.model_construct(
        items=[
            Person.model_construct(id=seat.person_id, name=seat.name)
            for seat in members_for(asker.powers, [found.pk], asker.on)
        ]
    )


def unit_named(field: str, code: str) -> Organisation:
    """The unit or enterprise of that code. Raises Problem 422."""
    found = by_code(code)
    if found is None:
        raise wrong(field, f"没有代码是“{code}”的单位，请核对。")
    return found


@reads(
    router,
    "/activities",
    name="listActivities",
    title="查活动",
    scopes=READ,
    gives=ActivityList,
    description="本账号看得到的活动，开始晚的在前。用 after 接着取。",
)
def list_activities(request: HttpRequest, filters: Annotated[Filters, Query()]) -> ActivityList:
    """The visible activities, the latest first."""
    organiser = unit_named("organiser", filters.organiser) if filters.organiser else None
    wanted = Wanted(
        text=filters.q.strip(),
        kind=filters.kind,
        state=filters.state,
        organiser=organiser.pk if organiser else None,
        mine=filters.mine,
    )
    found = find_activities(asker_of(request).powers, wanted)
    if filters.since is not None:
        found = found.filter(begins_at__gte=filters.since)
    if filters.until is not None:
        found = found.filter(begins_at__lt=filters.until)
    page, after = page_by(found, filters.after, filters.limit, "begins_at")
    units = organisers_of([one.pk for one in page])
    rows = [ActivityRow.model_construct(**_row(one, units.get(one.pk, ()))) for one in page]
    return ActivityList.model_construct(items=rows, after=after)


def _row(activity: Activity, organisers: Any) -> dict[str, Any]:
    """What a row and the activity itself tell alike."""
    same = ("title", "state", "begins_at", "ends_at", "place", "is_online", "people", "revision")
    return {
        **{name: getattr(activity, name) for name in same},
        "id": activity.pk,
        "kind": activity.activity,
        "kind_title": activity.edition.title,
        "organisers": [unit_of(unit) for unit in organisers],
        "url": f"/api/v1/activities/{activity.pk}",
    }


def visible(request: HttpRequest, pk: int) -> Activity:
    """The activity of that number, if the account may see it; hidden and absent look the same (404)."""
    found = find_visible(asker_of(request).powers, pk) if pk <= LARGEST else None
    if found is None:
        raise Http404
    return found


@reads(
    router,
    "/activities/{int:activity}",
    name="getActivity",
    title="看一次活动",
    scopes=READ,
    gives=ActivityShown,
    description="本账号在页面上看得到的内容。姓名只给管名册的人和本人。响应头 ETag 是版本，登记、更正、取消时写到 If-Match。",
)
def get_activity(request: HttpRequest, activity: int) -> ActivityShown:
    """One activity."""
    return _shown(visible(request, activity), asker_of(request))


def _shown(activity: Activity, asker: Asker) -> ActivityShown:
    people = showing.people_of(activity, asker.powers)
    return ActivityShown.model_construct(
        **_row(activity, organisers_of([activity.pk]).get(activity.pk, ())),
        values=showing.answers_of(activity, asker.powers),
        quantities=[
            Figure.model_construct(title=one.title, whose=one.whose, amount=f"{one.amount:f}", unit=one.unit)
            for one in showing.figures_of(activity)
        ],
        sides=[
            SideTold.model_construct(role=one.role, title=one.title)
            for one in showing.sides_of(activity, asker.powers)
        ],
        participants=PeopleTold.model_construct(
            persons=[Person.model_construct(id=pk, name=name) for pk, name in people.known],
            units=[UnitCount.model_construct(unit=name, count=count) for name, count in people.units],
            unnamed=people.unnamed,
        ),
        planned_at=activity.planned_at,
        recorded_at=activity.recorded_at,
        cancelled_at=activity.cancelled_at,
        may_change=Shown(activity, asker.account).may_change,
    )
