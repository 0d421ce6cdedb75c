"""Activities: planning, recording, correcting, cancelling; beside reading, for an address is one with all its methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from ronghe.activities import domain as activities, rules
from ronghe.activities.enums import Ground, Role
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity
from ronghe.activities.queries.showing import people_of
from ronghe.api.activities import WRITE, router, unit_named, visible
from ronghe.api.activity_schemas import ActivityDone
from ronghe.api.activity_sent import ActivityCancelled, ActivityMended, ActivityNew, ActivityTold
from ronghe.api.acts import revision_of
from ronghe.api.auth import asker_of
from ronghe.api.filing import wrong
from ronghe.api.once import submission_for
from ronghe.api.problems import Problem
from ronghe.api.service import View, writes
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.www.activities.offers import offers_of

PLAIN = ("ends_at", "title", "place", "is_online", "values", "people")


def _does(path: str, name: str, title: str, description: str, *, status: int = 200) -> Callable[[View], View]:
    """Declare an act on activities."""
    said: dict[str, Any] = {"name": name, "title": title, "description": description, "status": status}
    return writes(router, path, scopes=WRITE, gives=ActivityDone, **said)


@_does(
    "/activities/plans",
    "planActivity",
    "安排一次活动",
    "还没有开展的，先安排；开展以后用 hold 登记。",
    status=201,
)
def plan_activity(request: HttpRequest, body: ActivityNew) -> ActivityDone:
    """Put one on the list of what is to come."""
    return _new(request, body, activities.plan)


@_does(
    "/activities",
    "recordActivity",
    "登记一次活动",
    "已经开展的。一次登记，组织和涉及的单位都计入。",
    status=201,
)
def record_activity(request: HttpRequest, body: ActivityNew) -> ActivityDone:
    """Record one that took place."""
    return _new(request, body, activities.record)


def _new(request: HttpRequest, body: ActivityNew, act: Callable[..., Activity]) -> ActivityDone:
    asker = asker_of(request)
    kind = offers_of(asker.account).find(body.kind)
    if kind is None:
        if definitions.find("activity", body.kind, asker.on) is None:
            raise wrong("kind", "没有这类活动。能登记的见 GET /api/v1/activity-kinds。")
        raise Problem(403, "not-yours", "本账号的岗位不登记这类活动。请联系组织活动的支部或单位。")
    with _Worded(kind):
        told = activities.Told(**_parts(body, kind, asker.powers))
        submission = submission_for(request)
        return _done(act(kind, asker.by(), told, submission=submission, is_confirmed=body.confirmed))


@_does(
    "/activities/{int:activity}/hold",
    "holdActivity",
    "登记安排过的活动已经开展",
    "只写与安排不同的，没有写的照安排。",
)
def hold_activity(request: HttpRequest, activity: int, body: ActivityMended) -> ActivityDone:
    """Record that a planned one took place."""
    return _mend(request, activity, body, activities.hold)


@_does(
    "/activities/{int:activity}/change",
    "changeActivity",
    "更正一次活动",
    "只写要改的，没有写的不动。计划中的改安排，已开展的更正登记；原来的记录留在台账里。",
)
def change_activity(request: HttpRequest, activity: int, body: ActivityMended) -> ActivityDone:
    """Mend a plan, or what was recorded."""
    return _mend(request, activity, body, activities.change)


def _mend(request: HttpRequest, pk: int, body: ActivityMended, act: Callable[..., Activity]) -> ActivityDone:
    found, asker = visible(request, pk), asker_of(request)
    kind = definitions.by_edition(found.edition_id)
    seen = revision_of(request, body)
    with _Worded(kind):
        # What was not sent is what was read here: if that changes meanwhile, nothing is written over it.
        by = asker.by(found.revision if seen is None else seen)
        told = _told_anew(body, found, kind, asker.powers)
        return _done(act(found.pk, by, told, is_confirmed=body.confirmed))


@_does(
    "/activities/{int:activity}/cancel",
    "cancelActivity",
    "取消一次活动",
    "不再开展，或登记有误：不再计入任何单位，记录留着。",
)
def cancel_activity(request: HttpRequest, activity: int, body: ActivityCancelled) -> ActivityDone:
    """Take it off the list."""
    found, asker = visible(request, activity), asker_of(request)
    with _Worded(definitions.by_edition(found.edition_id)):
        by = asker.by(revision_of(request, body))
        return _done(activities.cancel(found.pk, by, ground=Ground(body.ground)))


def _told_anew(body: ActivityMended, activity: Activity, kind: Loaded, powers: Powers) -> activities.Told:
    """What stands, with what was sent in its place. Raises Problem 422."""
    stands = activities.told_of(activity)
    said = _parts(body, kind, powers, stands)
    first = activity.organisation
    if said.get("organisers", stands.organisers)[:1] != [first]:
        raise wrong(
            "organisers", f"第一个要是原来登记的单位（{first.code}）；登记错单位的，请取消后重新登记。"
        )
    if "values" in said:
        said["values"] = {**stands.values, **said["values"]}
    if "about" in said:  # only units are named by codes; an entry or a post it is about stays
        said["about"] += [ref for ref in stands.about if ref[0] != "organisation"]
    if "persons" in said:
        known = {person for person, _name in people_of(activity, powers).known}
        others = (person for person in stands.persons if person not in known)
        said["persons"] = {person: stands.persons.get(person, "") for person in (*said["persons"], *others)}
    return replace(stands, **said)


def _parts(
    body: ActivityTold, kind: Loaded, powers: Powers, stands: activities.Told | None = None
) -> dict[str, Any]:
    """What was sent as the parts of a `Told`, its codes looked up. Raises Problem 422."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    said = {name: sent[name] for name in PLAIN if name in sent}
    if sent.get("begins_at") is not None:
        said["begins_at"] = sent["begins_at"]
    for name in ("organisers", "guides"):
        if sent.get(name) is not None:
            said[name] = [unit_named(name, code) for code in sent[name]]
    if "about" in sent:
        said["about"] = [("organisation", unit_named("about", code).pk) for code in sent["about"]]
    if sent.get("persons") is not None:
        said["persons"] = dict.fromkeys(sent["persons"], "")
    if "others" in sent:
        said["counts"] = Counter[int]()
        for one in body.others:
            said["counts"][unit_named("others", one.unit).pk] += one.count
    if "quantities" in sent:
        organisers = said.get("organisers") or (stands.organisers if stands else [])
        own = _own(organisers, powers)
        said["quantities"] = _quantities(body.quantities, kind, own, stands.quantities if stands else {})
    return said


def _own(organisers: Sequence[Organisation], powers: Powers) -> str:
    """For which of the organisers the account tells figures: the first it records for."""
    mine = rules.recording(powers)
    return next((str(unit.pk) for unit in organisers if unit.pk in mine), "")


def _quantities(sent: Mapping[str, Any], kind: Loaded, own: str, stand: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that stand with those that were sent; where each organiser has its own, the others' stay."""
    found = dict(stand)
    kinds = {one.code: one for one in kind.body.quantities}
    for code, amount in sent.items():
        if code not in kinds:
            raise wrong(f"quantities.{code}", "这类活动没有这项数量，请对照 GET /api/v1/activity-kinds。")
        is_each = kinds[code].per == Role.ORGANISER
        found[code] = {**stand.get(code, {}), own: amount} if is_each and own else amount
    return found


class _Worded:
    """What the domain refuses, said of the fields that were sent."""

    def __init__(self, kind: Loaded) -> None:
        form = kind.body.form
        self.places = {field.code: f"values.{field.code}" for field in (form.fields if form else ())}
        self.places |= {one.code: f"quantities.{one.code}" for one in kind.body.quantities}
        self.places["counts"] = "others"

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        told = error.data.get("errors") if isinstance(error, DomainError) else None
        if isinstance(error, DomainError) and isinstance(told, dict):
            errors = {self.places.get(code, code): str(said) for code, said in told.items()}
            raise Problem(422, error.code, error.message, errors=errors) from error


def _done(activity: Activity) -> ActivityDone:
    return ActivityDone.model_construct(
        id=activity.pk,
        title=activity.title,
        state=activity.state,
        revision=activity.revision,
        url=f"/api/v1/activities/{activity.pk}",
    )
