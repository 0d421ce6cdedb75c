"""Activities: which kinds one may record, lists, one activity, planning, recording, cancelling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from ronghe.activities import domain as activities
from ronghe.activities.enums import Ground, Role
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity
from ronghe.activities.queries import showing
from ronghe.activities.queries.listing import Wanted, find_activities, organisers_of
from ronghe.api import sent
from ronghe.api.activity_schemas import (
    ActivityDone,
    ActivityKinds,
    ActivityKindShown,
    ActivityList,
    ActivityRow,
    ActivityShown,
    Figure,
    PeopleTold,
    QuantityAsked,
    SideTold,
    UnitCount,
)
from ronghe.api.acts import revision_of
from ronghe.api.auth import Asker, asker_of
from ronghe.api.filing import wrong
from ronghe.api.offering import form_of
from ronghe.api.once import submission_for
from ronghe.api.paging import MOST, USUAL, page_by
from ronghe.api.problems import Problem
from ronghe.api.reading import unit_of
from ronghe.api.schemas import Unit
from ronghe.api.service import reads, writes
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import by_code
from ronghe.www.activities.offers import find_visible, offers_of
from ronghe.www.activities.shown import Shown

READ, WRITE = ("activities.read",), ("activities.write",)
LARGEST = 2**31
router = Router(tags=["活动"])


class Filters(Schema):
    """Which activities are looked for."""

    kind: str = Field("", title="类别代码", max_length=64)
    state: Literal["", "planned", "held", "cancelled"] = Field(
        "", title="状态", description="不填是计划中和已开展的。"
    )
    organiser: str = Field("", title="组织单位代码", max_length=64)
    mine: bool = Field(False, title="只看本账号能登记的单位组织的")
    since: AwareDatetime | None = Field(None, title="开始时间不早于")
    until: AwareDatetime | None = Field(None, title="开始时间早于")
    q: str = Field("", title="名称里的字", max_length=80)
    limit: int = Field(USUAL, title="每页几次", ge=1, le=MOST)
    after: str = Field("", title="从哪里接着取", description="上一页的 after。", max_length=200)


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
    "/activities",
    name="listActivities",
    title="查活动",
    scopes=READ,
    gives=ActivityList,
    description="本账号看得到的活动，开始晚的在前。用 after 接着取。",
)
def list_activities(request: HttpRequest, filters: Annotated[Filters, Query()]) -> ActivityList:
    """The visible activities, the latest first."""
    organiser = by_code(filters.organiser) if filters.organiser else None
    if filters.organiser and organiser is None:
        raise wrong("organiser", "没有这个代码的单位，请核对。")
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


def _visible(request: HttpRequest, pk: int) -> Activity:
    """The activity of that number, if the account may see it; hidden and absent look the same (404)."""
    found = find_visible(asker_of(request).powers, pk) if pk < LARGEST else None
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
    description="本账号在页面上看得到的内容。姓名只给管名册的人和本人。响应头 ETag 是版本，登记、取消时写到 If-Match。",
)
def get_activity(request: HttpRequest, activity: int) -> ActivityShown:
    """One activity."""
    return _shown(_visible(request, activity), asker_of(request))


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
            names=list(people.names),
            units=[UnitCount.model_construct(unit=name, count=count) for name, count in people.units],
            unnamed=people.unnamed,
        ),
        planned_at=activity.planned_at,
        recorded_at=activity.recorded_at,
        cancelled_at=activity.cancelled_at,
        may_change=Shown(activity, asker.account).may_change,
    )


@writes(
    router,
    "/activities/plans",
    name="planActivity",
    title="安排一次活动",
    scopes=WRITE,
    gives=ActivityDone,
    status=201,
    description="还没有开展的，先安排；开展以后用 hold 登记。",
)
def plan_activity(request: HttpRequest, body: sent.ActivityNew) -> ActivityDone:
    """Put one on the list of what is to come."""
    return _new(request, body, activities.plan)


@writes(
    router,
    "/activities",
    name="recordActivity",
    title="登记一次活动",
    scopes=WRITE,
    gives=ActivityDone,
    status=201,
    description="已经开展的。一次登记，组织和涉及的单位都计入。",
)
def record_activity(request: HttpRequest, body: sent.ActivityNew) -> ActivityDone:
    """Record one that took place."""
    return _new(request, body, activities.record)


def _new(request: HttpRequest, body: sent.ActivityNew, act: Callable[..., Activity]) -> ActivityDone:
    asker = asker_of(request)
    kind = offers_of(asker.account).find(body.kind)
    if kind is None:
        if definitions.find("activity", body.kind, asker.on) is None:
            raise wrong("kind", "没有这类活动。能登记的见 GET /api/v1/activity-kinds。")
        raise Problem(403, "not-yours", "本账号的岗位不登记这类活动。请联系组织活动的支部或单位。")
    with _Worded(kind):
        told, by = _told(body, kind), asker.by()
        made = act(kind, by, told, submission=submission_for(request), is_confirmed=body.confirmed)
    return _done(made)


@writes(
    router,
    "/activities/{int:activity}/hold",
    name="holdActivity",
    title="登记安排过的活动已经开展",
    scopes=WRITE,
    gives=ActivityDone,
    description="照实际情况整份填写；没有写的视为没有。",
)
def hold_activity(request: HttpRequest, activity: int, body: sent.ActivityHeld) -> ActivityDone:
    """Record that a planned one took place."""
    found, asker = _visible(request, activity), asker_of(request)
    kind = definitions.by_edition(found.edition_id)
    with _Worded(kind):
        by = asker.by(revision_of(request, body))
        held = activities.hold(found.pk, by, _told(body, kind), is_confirmed=body.confirmed)
    return _done(held)


@writes(
    router,
    "/activities/{int:activity}/cancel",
    name="cancelActivity",
    title="取消一次活动",
    scopes=WRITE,
    gives=ActivityDone,
    description="不再开展，或登记有误：不再计入任何单位，记录留着。",
)
def cancel_activity(request: HttpRequest, activity: int, body: sent.ActivityCancelled) -> ActivityDone:
    """Take it off the list."""
    found, asker = _visible(request, activity), asker_of(request)
    by = asker.by(revision_of(request, body))
    return _done(activities.cancel(found.pk, by, ground=Ground(body.ground)))


def _told(body: sent.ActivityTold, kind: Loaded) -> activities.Told:
    """What was told, its codes looked up. Raises Problem 422."""
    organisers = [_unit("organisers", code) for code in body.organisers]
    first = str(organisers[0].pk) if organisers else ""
    per = {one.code for one in kind.body.quantities if one.per == Role.ORGANISER}
    if unknown := body.quantities.keys() - {one.code for one in kind.body.quantities}:
        raise wrong(f"quantities.{min(unknown)}", "这类活动没有这项数量，请对照 GET /api/v1/activity-kinds。")
    return activities.Told(
        organisers=organisers,
        begins_at=body.begins_at,
        ends_at=body.ends_at,
        title=body.title,
        place=body.place,
        is_online=body.is_online,
        values=body.values,
        quantities={
            code: {first: amount} if code in per else amount for code, amount in body.quantities.items()
        },
        about=[("organisation", _unit("about", code).pk) for code in body.about],
        guides=[_unit("guides", code) for code in body.guides],
        people=body.people,
        counts={_unit("others", one.unit).pk: one.count for one in body.others},
    )


def _unit(field: str, code: str) -> Organisation:
    found = by_code(code)
    if found is None:
        raise wrong(field, f"没有代码是“{code}”的单位，请核对。")
    return found


class _Worded:
    """What the domain refuses, said of the fields that were sent."""

    def __init__(self, kind: Loaded) -> None:
        form = kind.body.form
        self.asked = {field.code: "values" for field in (form.fields if form else ())}
        self.asked |= {one.code: "quantities" for one in kind.body.quantities}

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        told = error.data.get("errors") if isinstance(error, DomainError) else None
        if isinstance(error, DomainError) and isinstance(told, dict):
            errors = {
                f"{self.asked[code]}.{code}" if code in self.asked else code: str(said)
                for code, said in told.items()
            }
            raise Problem(422, error.code, error.message, errors=errors) from error


def _done(activity: Activity) -> ActivityDone:
    return ActivityDone.model_construct(
        id=activity.pk,
        title=activity.title,
        state=activity.state,
        revision=activity.revision,
        url=f"/api/v1/activities/{activity.pk}",
    )
