"""Organisations: they begin, are renamed, move, merge and end; what was true on a past day stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import connection, transaction

from ronghe.core.creditcode import check
from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.beginnings import begun, ended
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.domain.posts import close_posts
from ronghe.organisations.domain.relationships import close_relationships
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Organisation, Placement
from ronghe.organisations.queries.trees import by_credit_code, live_on, placements_on

_TREES_LOCK = 0x74726565  # moves are rare: one at a time keeps two of them from closing a ring together


def create_organisation(
    *,
    code: str,
    kind: str,
    name: str,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    tree: str = "",
    parent: Organisation | None = None,
    short_name: str = "",
    credit_code: str | None = None,
    values: Mapping[str, object] | None = None,
    order: int = 0,
    is_past: bool = False,
) -> Organisation:
    """Found an organisation of a defined kind, placed in the kind's own tree unless `tree` says otherwise.

    What follows of itself (`beginnings`: its life) happens in the same transaction, unless it is registered only to be
    ended at once (`is_past`).
    """
    day = day_of(at, on)
    definition = definitions.get(Kind.ORGANISATION, kind, day)
    tree = tree or str(definition.body.tree)
    name = name.strip()
    if not name or not code.strip():
        raise OrganisationError("name-needed", "单位要有名称和代码，没有保存。请补全。")
    with transaction.atomic():
        if Organisation.objects.filter(code=code).exists():
            raise OrganisationError(
                "code-taken", f"单位代码“{code}”已经有单位在用，没有保存。请换一个代码。", taken=code
            )
        credit = _free_credit_code(credit_code)
        _check_parent(parent, day)
        unit = Organisation.objects.create(
            code=code,
            kind=kind,
            name=name,
            short_name=short_name.strip(),
            credit_code=credit,
            values=dict(values or {}),
            begins=day,
        )
        placement = Placement.objects.create(
            organisation=unit, tree=tree, parent=parent, name=name, order=order, begins=day
        )
        _record(
            "began",
            unit,
            actor,
            at,
            {
                "kind": kind,
                "tree": tree,
                "parent": parent and parent.pk,
                "placement": placement.pk,
                "day": day.isoformat(),
            },
            parent,
        )
        if not is_past:
            begun(unit, actor=actor, at=at)
    return unit


def register_enterprise(
    *,
    credit_code: str,
    name: str,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    kind: str = "enterprise",
    short_name: str = "",
    values: Mapping[str, object] | None = None,
) -> Organisation:
    """Register an enterprise under its 统一社会信用代码, which is checked and becomes its code."""
    code = check(credit_code)
    return create_organisation(
        code=code,
        kind=kind,
        name=name,
        actor=actor,
        at=at,
        on=on,
        short_name=short_name,
        credit_code=code,
        values=values,
    )


def describe_organisation(
    organisation: Organisation,
    *,
    credit_code: str | None,
    values: Mapping[str, object],
    actor: str,
    at: dt.datetime,
) -> Organisation:
    """Correct what is kept beside the name: the 统一代码 and the answers to the kind's form. The same again is nothing.

    An enterprise keeps a code; `values` are clean answers. The ledger names the fields that changed.
    """
    day = day_of(at, None)
    with transaction.atomic():
        unit = _locked(organisation, day)
        changed = [code for code in {**unit.values, **values} if unit.values.get(code) != values.get(code)]
        wanted = check(credit_code) if credit_code else None
        if wanted != unit.credit_code:
            unit.credit_code = _free_credit_code(wanted)
            changed.append("credit-code")
        if changed:
            unit.values = dict(values)
            unit.save(update_fields=["credit_code", "values"])
            _record("described", unit, actor, at, {"fields": changed})
    return unit


def rename_organisation(
    organisation: Organisation,
    *,
    name: str,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    short_name: str | None = None,
) -> Organisation:
    """Give a new name from the day on, in every tree. Past days keep the old one. Nothing happens for the same name."""
    day, name = day_of(at, on), name.strip()
    if not name:
        raise OrganisationError("name-needed", "单位要有名称，没有保存。请补全。")
    with transaction.atomic():
        unit = _locked(organisation, day)
        changed = [placement for placement in unit.placements.filter(ends=None) if placement.name != name]
        for placement in changed:
            new = _replace(placement, day, name=name)
            _record(
                "renamed", unit, actor, at, {"tree": new.tree, "placement": new.pk, "day": day.isoformat()}
            )
        unit.name, unit.short_name = name, unit.short_name if short_name is None else short_name.strip()
        unit.save(update_fields=["name", "short_name"])
    return unit


def move_organisation(
    organisation: Organisation,
    *,
    tree: str,
    parent: Organisation | None,
    actor: str,
    at: dt.datetime,
    on: dt.date | None = None,
    order: int | None = None,
) -> Organisation:
    """Place an organisation under another from the day on (None: a root); into a tree it was not in, too.

    Raises OrganisationError `cycle` when it would come to stand below itself on that or a later day.
    """
    day = day_of(at, on)
    with transaction.atomic():
        _lock_trees()
        unit = _locked(organisation, day)
        _check_parent(parent, day)
        if parent is not None:
            _refuse_cycle(unit, parent, tree, day)
        old = unit.placements.filter(tree=tree, ends=None).first()
        if old is None:
            new = Placement.objects.create(
                organisation=unit, tree=tree, parent=parent, name=unit.name, order=order or 0, begins=day
            )
        else:
            new = _replace(old, day, parent=parent, order=old.order if order is None else order)
        data = {
            "tree": tree,
            "from": old and old.parent_id,
            "to": parent and parent.pk,
            "placement": new.pk,
            "day": day.isoformat(),
        }
        _record("moved", unit, actor, at, data, parent)
    return unit


def merge_organisation(
    organisation: Organisation, *, into: Organisation, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Organisation:
    """End an organisation in favour of another; give the ended one, which names its successor.

    Effects: what stood below it moves under the successor; its posts, appointments and relationships close; its past cases
    stay with it, and whoever answers for the successor answers for them (`queries.reached_from`).
    """
    day = day_of(at, on)
    if into.pk == organisation.pk:
        raise OrganisationError("merge-itself", "单位不能并入自己，没有保存。请选择并入的另一个单位。")
    with transaction.atomic():
        _lock_trees()
        unit = _locked(organisation, day)
        successor = _locked(into, day)
        above = {
            placement.tree: placement.parent for placement in placements_on(day).filter(organisation=unit)
        }
        for child in placements_on(day).filter(parent=unit).select_related("organisation").order_by("pk"):
            parent = above.get(child.tree) if child.organisation_id == successor.pk else successor
            move_organisation(child.organisation, tree=child.tree, parent=parent, actor=actor, at=at, on=day)
        unit.merged_into = successor
        _close(unit, day, actor, at)
        _record("merged", unit, actor, at, {"into": successor.pk, "day": day.isoformat()}, successor)
    return unit


def end_organisation(
    organisation: Organisation, *, actor: str, at: dt.datetime, on: dt.date | None = None
) -> Organisation:
    """Dissolve an organisation; its posts, appointments and relationships close that day.

    Raises OrganisationError `has-children` while something stands below it.
    """
    day = day_of(at, on)
    with transaction.atomic():
        _lock_trees()
        unit = _locked(organisation, day)
        below = (
            Placement.objects.filter(parent=unit, ends=None)
            .order_by("pk")
            .values_list("name", flat=True)
            .distinct()
        )
        if names := list(below[:5]):
            message = f"“{unit.name}”下面还有 {'、'.join(names)} 等单位，没有撤销。请先把它们划转到别的单位。"
            raise OrganisationError("has-children", message, organisation=unit.pk)
        _close(unit, day, actor, at)
        _record("ended", unit, actor, at, {"day": day.isoformat()})
    return unit


def _close(unit: Organisation, day: dt.date, actor: str, at: dt.datetime) -> None:
    late = unit.placements.filter(ends=None, begins__gte=day).order_by("-begins").first()
    if late is not None:
        message = f"“{unit.name}”在 {in_words(late.begins)} 刚有变更，没有撤销。撤销日期须晚于这一天。"
        raise OrganisationError("out-of-order", message, organisation=unit.pk, day=late.begins)
    close_posts(unit, day, actor=actor, at=at)
    close_relationships(("organisation", unit.pk), day, actor=actor, at=at)
    unit.placements.filter(ends=None).update(ends=day)
    unit.ends = day
    unit.save(update_fields=["ends", "merged_into"])
    ended(unit, at=at)


def _replace(placement: Placement, day: dt.date, **changes: object) -> Placement:
    """End a placement and begin its successor; one that began the same day is mended in place."""
    if placement.begins > day:
        message = f"“{placement.name}”在 {in_words(placement.begins)} 已有更晚的变更，不能倒填到 {in_words(day)}；没有保存。请按先后顺序登记。"
        raise OrganisationError("out-of-order", message, day=placement.begins)
    new = placement
    if placement.begins < day:
        placement.ends = day
        placement.save(update_fields=["ends"])
        new = Placement(
            organisation_id=placement.organisation_id,
            tree=placement.tree,
            parent_id=placement.parent_id,
            name=placement.name,
            order=placement.order,
            begins=day,
        )
    for name, value in changes.items():
        setattr(new, name, value)
    new.save()
    return new


def _refuse_cycle(unit: Organisation, parent: Organisation, tree: str, day: dt.date) -> None:
    later = Placement.objects.filter(tree=tree, begins__gt=day).values_list("begins", flat=True).distinct()
    for moment in (day, *later):
        above: dict[int, int | None] = dict(
            Placement.objects.filter(live_on(moment), tree=tree).values_list("organisation_id", "parent_id")
        )
        above[unit.pk] = None
        number: int | None = parent.pk
        while number is not None and number != unit.pk:
            number = above.get(number)
        if number == unit.pk:
            message = f"“{parent.name}”在“{unit.name}”之下，不能反过来作它的上级；没有保存。请先把“{parent.name}”划转出去。"
            raise OrganisationError("cycle", message, organisation=unit.pk, parent=parent.pk)


def _check_parent(parent: Organisation | None, day: dt.date) -> None:
    if parent is not None and not Organisation.objects.live(day).filter(pk=parent.pk).exists():
        message = f"“{parent.name}”在 {in_words(day)} 不在运行（尚未设立或已撤销），不能作上级；没有保存。请选择当时在运行的单位。"
        raise OrganisationError("parent-not-live", message, parent=parent.pk)


def _free_credit_code(credit_code: str | None) -> str | None:
    if not credit_code:
        return None
    plain = check(credit_code)
    if (taken := by_credit_code(plain)) is not None:
        message = f"统一社会信用代码“{plain}”已登记为“{taken.name}”，没有重复保存。请直接使用已有的这一家；名称变了就办理更名。"
        raise OrganisationError("credit-code-taken", message, organisation=taken.pk)
    return plain


def _locked(organisation: Organisation, day: dt.date) -> Organisation:
    unit: Organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if unit.begins > day:
        message = f"“{unit.name}”{in_words(unit.begins)} 才设立，日期 {in_words(day)} 在此之前；没有保存。请改日期。"
        raise OrganisationError("before-begin", message, organisation=unit.pk)
    if unit.ends is not None:
        message = f"“{unit.name}”已于 {in_words(unit.ends)} 撤销，没有保存。请在承接它的单位上办理。"
        raise OrganisationError("ended", message, organisation=unit.pk)
    return unit


def _lock_trees() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREES_LOCK])


def _record(
    what: str,
    unit: Organisation,
    actor: str,
    at: dt.datetime,
    data: Mapping[str, object],
    other: Organisation | None = None,
) -> None:
    role = {"began": "parent", "moved": "parent", "merged": "successor"}.get(what, "")
    touches = (ledger.Touch(role, "organisation", other.pk),) if other is not None else ()
    forget()
    ledger.record(
        f"organisation.{what}",
        subject=("organisation", unit.pk),
        actor=actor,
        at=at,
        code=unit.kind,
        organisation_id=unit.pk,
        touches=touches,
        data=data,
    )
