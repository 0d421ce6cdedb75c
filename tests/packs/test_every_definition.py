"""Every definition of the packs is used once, with answers made from its form: none is dead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ronghe.activities import domain as activities
from ronghe.activities.domain import Told
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.forms import Field, FieldType, Form
from ronghe.core.procedure import Step, steps_of
from ronghe.core.select import Kinds
from ronghe.definitions import queries as definitions
from ronghe.definitions.checking import check_documents, read_all
from ronghe.definitions.domain import add_line
from ronghe.definitions.things import Ref
from ronghe.duties.queries.lines import current
from ronghe.duties.queries.reckoning import Reckoning
from ronghe.ledger.models import Entry
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Organisation, Relationship
from ronghe.registers import domain as registers
from ronghe.registers.models import Entry as Registered
from tests.city import ACTOR, FOUNDED, City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PACKS = Path(__file__).parents[2] / "src/ronghe/packs"
BODIES = [one.body for one in check_documents(read_all([PACKS / "common", PACKS / "shenzhen"]).documents)[0]]
CODES = {
    kind: sorted({body.code for body in BODIES if body.kind == kind})
    for kind in ("activity", "register", "procedure", "relationship", "duty", "organisation")
}
WAITING = {
    "admit-member": "waits twelve months",
    "open-task": "calls for claims",
    "move-membership": "needs a member",
    "re-election": "runs papers and a meeting",
    "funded-application": "runs a panel of experts",
    "rectification": "runs a paper and a judgement",
}  # each walked in its own scenario
AT = moment("2026-03-02 10:00")
LATER = dt.date(2026, 6, 30)
LIVES = {body.life: body.code for body in BODIES if body.kind == "register" and body.life}
BEGUN = {body.life: body.code for body in BODIES if body.kind == "organisation" and body.life}


class World:
    """The small city, and what else a definition needs to exist; each made once in a test."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.made: dict[str, Ref] = {}

    def body(self, kind: str, code: str) -> Any:
        return definitions.get(kind, code, AT.date()).body

    def unit(self, kind: str, *, other: bool = False) -> Organisation:
        """An organisation of a kind; `other`: a second one."""
        found = Organisation.objects.filter(kind=kind).order_by("pk").first() if not other else None
        if found is not None:
            return found
        count = Organisation.objects.count()
        values = self.answers(self.body("organisation", kind).form)
        more: dict[str, Any] = {"values": values} if values else {}
        return organisations.create_organisation(
            code=f"u{count}", kind=kind, name=f"单位{count}", actor=ACTOR, at=FOUNDED, **more
        )

    def thing(self, code: str, *, other: bool = False) -> Ref | None:
        """A thing a definition may be about: an organisation, post, entry or case; None: such are made elsewhere."""
        if code == "case":
            return "case", self.case("work-style-block").pk
        if code in {"organisation", *CODES["organisation"]}:
            kind = "department" if code == "organisation" else code
            return "organisation", self.unit(kind, other=other).pk
        if code in CODES["register"]:
            if code not in self.made:
                self.made[code] = ("entry", self.entry(code).pk)
            return self.made[code]
        if definitions.find("post", code, AT.date()) is None:
            return None
        kinds = self.body("post", code).in_ or ("department",)
        return "post", organisations.create_post(self.unit(kinds[0]), kind=code, actor=ACTOR, at=FOUNDED).pk

    def case(self, code: str) -> Case:
        """A case of a procedure."""
        if code in LIVES:
            return Case.objects.get(pk=self.entry(LIVES[code]).life_id)
        if code in BEGUN:
            return Case.objects.get(procedure=code, about=self.unit(BEGUN[code]))
        loaded = definitions.get("procedure", code, AT.date())
        about = next((ref for name in loaded.body.about if (ref := self.thing(name))), None)
        more: dict[str, Any] = {"thing": about}
        if about and about[0] == "organisation":
            more = {"about": Organisation.objects.get(pk=about[1])}
        values = self.answers(loaded.body.form)
        act = self.city.people["管家甲"].pk
        return casework.open_case(loaded, values=values, actor=f"person:{act}", at=AT, **more).case

    def step(self, case: Case, step: Any, at: dt.datetime, seen: set[str]) -> Case:
        """Done with the first outcome that leads on or ends, by another person each time."""
        node = step_of(case, step.code)
        outcomes = list(node.outcomes.values()) or [None]
        new = [one for one in outcomes if one is None or one.end or one.to not in seen]
        outcome = (new or outcomes)[0]
        people = sorted(one.pk for one in self.city.people.values())
        actor = f"person:{people[at.day % len(people)]}"
        fields = node.form.fields if node.form else ()
        values = {one.code: self.answer(one) for one in fields if one.type is not FieldType.FILES}
        more: dict[str, Any] = {"reply": "已经办好。"} if node.template else {}
        return casework.complete_step(
            case.pk,
            casework.By(actor, at),
            step=step.no,
            outcome=outcome.code if outcome else "done",
            values=values,
            note="理由",
            **more,
        )

    def entry(self, code: str) -> Registered:
        """An entry of a register."""
        body = self.body("register", code)
        kinds = names(body.by) or ("department",)
        return registers.begin_entry(
            code,
            values=self.answers(body.form),
            title=f"一条{body.title}",
            organisation=self.unit(next(one for one in kinds if one in CODES["organisation"])),
            actor=ACTOR,
            at=AT,
            may_be_alike=True,
        ).entry

    def related(self, code: str) -> Relationship:
        """A relationship between the first kinds of its ends."""
        body = self.body("relationship", code)
        from_, to = self.thing(body.from_[0], other=True), self.thing(body.to[0], other=True)
        assert from_
        assert to
        return organisations.relate(code, from_=from_, to=to, actor=ACTOR, at=FOUNDED)

    def answers(self, form: Form | None) -> dict[str, Any]:
        """An answer to every field that must be answered, and whole rows."""
        asked = form.fields if form else ()
        wanted = [one for one in asked if one.required or one.type is FieldType.ROWS]
        return {one.code: self.answer(one) for one in wanted if one.type is not FieldType.FILES}

    def row(self, form: Form | None) -> dict[str, Any]:
        """An answer to every field of a row."""
        return {one.code: self.answer(one) for one in (form.fields if form else ())}

    def answer(self, field: Field) -> Any:
        """One answer as a page would send it."""
        match field.type:
            case FieldType.NUMBER | FieldType.MONEY:
                return "3"
            case FieldType.DATE:
                return LATER.isoformat()
            case FieldType.YES_NO:
                return True
            case FieldType.CHOICE:
                return self.choices(field)[0]
            case FieldType.CHOICES | FieldType.CHECKS:
                return self.choices(field)[:1]
            case FieldType.ROWS:
                return [self.row(field.form)]
            case FieldType.PLACE:
                return {"address": "中心路1号"}
            case FieldType.REFERENCE:
                return self.reference(field.kind)
            case _:
                return "已写明"

    def choices(self, field: Field) -> list[str]:
        if field.choices:
            return [one.code for one in field.choices]
        if not definitions.lines_on(field.source, AT.date()):
            self.line(field.source)
        return [line.code for line in definitions.lines_on(field.source, AT.date())]

    def line(self, code: str) -> None:
        """A line in a list that the city fills."""
        facts = self.answers(self.body("list", code).form)
        add_line(code, title="本市的一项", facts=facts, actor=ACTOR, at=FOUNDED)

    def reference(self, kind: str) -> str:
        if kind == "person":
            return str(self.city.people["管家甲"].pk)
        ref = self.thing(kind)
        assert ref is not None, kind
        return Organisation.objects.get(pk=ref[1]).code if ref[0] == "organisation" else str(ref[1])


def names(selector: Any) -> tuple[str, ...]:
    """The bare names a selector allows."""
    return (
        tuple(name for kind, name in selector.names() if kind in ("name", "organisation")) if selector else ()
    )


def told(kind: str, definition: str) -> int:
    """How many entries of the ledger tell this of the definition."""
    return Entry.objects.filter(kind=kind, definition=definition).count()


@pytest.fixture
def world(party_city: City) -> World:
    return World(party_city)


@pytest.mark.parametrize("code", CODES["procedure"])
def test_a_case_is_opened(world: World, code: str) -> None:
    case = world.case(code)

    assert (case.procedure, told("case.opened", f"procedure:{code}")) == (code, 1)
    assert case.steps.filter(done_at=None).exists()


@pytest.mark.parametrize("code", [code for code in CODES["procedure"] if code not in WAITING])
def test_a_case_comes_to_an_end(world: World, code: str) -> None:
    case, seen = world.case(code), set[str]()
    for day in range(1, 30):
        step = case.steps.filter(done_at=None).order_by("no").first()
        if step is None:
            break
        seen.add(step.code)
        case = world.step(case, step, AT + dt.timedelta(days=day), seen)

    assert case.closed_at is not None
    assert told("case.closed", f"procedure:{code}") >= 1


@pytest.mark.parametrize("code", CODES["activity"])
def test_an_activity_is_recorded(world: World, code: str) -> None:
    loaded = definitions.get("activity", code, AT.date())
    body = loaded.body
    about = next((ref for name in body.about if (ref := world.thing(name))), None)
    told_of = Told(
        organisers=[world.unit((body.by or ("department",))[0])],
        begins_at=AT,
        ends_at=AT + dt.timedelta(hours=1),
        values=world.answers(body.form),
        quantities={one.code: "2" for one in body.quantities},
        about=[about] if about else [],
        people=8,
    )
    act = casework.By(ACTOR, AT + dt.timedelta(hours=2), None)
    activity = activities.record(loaded, act, told_of)
    given = activities.follow_up(activity.pk, act)

    assert (activity.activity, told("activity.held", f"activity:{code}")) == (code, 1)
    assert told("quantity.recorded", f"activity:{code}") == len(body.quantities)
    assert bool(given) == (body.gives is not None)


@pytest.mark.parametrize("code", CODES["register"])
def test_an_entry_begins(world: World, code: str) -> None:
    entry = world.entry(code)

    assert (entry.register, told("entry.began", f"register:{code}")) == (code, 1)


@pytest.mark.parametrize("code", CODES["relationship"])
def test_a_relationship_begins(world: World, code: str) -> None:
    edge = world.related(code)

    assert edge.kind == code
    assert Entry.objects.filter(kind="relationship.began", subject_id=edge.pk).exists()


@pytest.mark.parametrize("code", CODES["duty"])
def test_a_duty_is_owed(world: World, code: str) -> None:
    body = world.body("duty", code)
    if isinstance(body.lines, str):
        world.line(body.lines)
    for holders in kinds(body):
        make(world, holders)
    lines = [one for one in current(LATER).values() if one.duty == code]
    keys = frozenset(one.key for one in lines)
    stands = list(Reckoning(LATER, definitions.calendar(), keys=keys).stands())

    assert lines
    assert {one.line.duty for one in stands} == {code}


def kinds(body: Any) -> Iterator[Kinds]:
    """Everybody who owes by the definition."""
    own = getattr(body.holders, "options", (body.holders,))
    yield from (one for one in own if isinstance(one, Kinds))


def make(world: World, holders: Kinds) -> None:
    """One that owes."""
    if holders.kind == "organisation":
        world.unit(holders.name)
    elif holders.kind == "relationship":
        world.related(holders.name)
    elif holders.kind == "register":
        world.entry(holders.name)
    else:
        walk(world, holders)


def walk(world: World, holders: Kinds) -> None:
    """A case brought to the step at which it owes."""
    case = world.case(holders.name)
    act = casework.By(ACTOR, AT, None)
    for outcome in ("done", "choose", "done"):
        step = case.steps.get(done_at=None)
        values = world.answers(step_of(case, step.code).form)
        case = casework.complete_step(case.pk, act, step=step.no, outcome=outcome, values=values)


def step_of(case: Case, code: str) -> Step:
    """The step of the case's procedure, in whatever list it stands."""
    return next(
        one.step
        for one in steps_of(definitions.by_edition(case.edition_id).body.flow)
        if one.step.code == code
    )


def test_every_kind_has_some() -> None:
    assert {kind: bool(codes) for kind, codes in CODES.items()} == dict.fromkeys(CODES, True)
