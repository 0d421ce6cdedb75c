"""Papers: a shock team shows its quarter to everybody; inspections lead to notices, to putting right, to looking back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile

from ronghe.activities import domain as activities
from ronghe.bulletins import domain as bulletins
from ronghe.bulletins.models import Bulletin
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.periods import Every, Period
from ronghe.definitions import queries as definitions
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import sequence
from ronghe.management.demo.party.founding import Party
from ronghe.management.demo.party.meetings import hold
from ronghe.management.demo.party.words import AIM, NEXT, RESULTS
from ronghe.management.demo.recent.weeks import DEMO, Weeks
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import powers_of

FIRMS, ROUNDS = 42, ((84, "6"), (70, "6"), (56, "5"))
"""How many firms the team went to, and the rounds: so many working days ago, so many problems solved."""
LONG_AGO = 150
"""Working days since the inspection whose problem was struck off more than half a year ago."""


def show(party: Party) -> None:
    """A shock team of the demonstration accounts' department: at work, its last quarter signed by three and shown."""
    weeks, city = party.weeks, party.city
    founded = weeks.at(90, "09:20")
    team = organisations.create_organisation(
        code="sthjj-tj", kind="shock-team", name="环评许可攻坚党员突击队", tree="teams", values=AIM,
        actor=city.actor, at=founded,
    )  # fmt: skip
    leader = city.seat(team, "team-leader", founded)
    others = [city.seat(team, "team-member", founded) for _ in range(2)]
    city.leaders[team.pk], city.handlers[team.pk] = leader, others
    life = Case.objects.get(procedure="team-life", about=team)
    weeks.do(life, leader, weeks.at(88, "10:00"), "start")
    _work(party, team, leader)
    quarter = Period.holding(weeks.last, Every.QUARTER).previous()
    paper = _draft(
        weeks, "shock-team-progress", team, others[0], 4, about=("organisation", team.pk), period=str(quarter),
        values={"results": RESULTS, "next": NEXT},
    )  # fmt: skip
    for number, person in enumerate((*others, leader)):
        paper = _signed(weeks, paper, person, 2, f"{10 + number}:10")


def _work(party: Party, team: Organisation, leader: Person) -> None:
    """Three rounds of visits, and the meeting before each: what its notice counts."""
    firms = party.city.enterprises[:FIRMS]
    for number, (back, solved) in enumerate(ROUNDS):
        hold(party, "working-meeting", party.weeks.day(back + 1), "16:00", leader, team, people=9)
        visited = firms[number :: len(ROUNDS)]
        hold(
            party, "visit", party.weeks.day(back), "09:00", leader, team,
            values={"result": "逐家核对环评和排污许可变更事项，当场一次告知。"}, quantities={"solved": solved},
            about=[("organisation", firm.pk) for firm in visited], people=9,
        )  # fmt: skip


def inspect(party: Party) -> None:
    """Three inspections: one struck off long ago, one being put right, one whose notice is being signed."""
    weeks = party.weeks
    committee = party.city.units["szgw"]
    inspector = party.city.seat(committee, "inspector")
    branches = list(party.branches.values())
    _looked_back(party, inspector, branches[1][0])
    served = _found(party, inspector, branches[0][1], 15, "近三个月有一个月没有召开支委会，会议记录不全。")
    _noticed(party, served, inspector, 13)
    measures = {"measures": [{"measure": "补开支委会，建立月初排会提醒", "unit": "sthjj-z2"}]}
    weeks.do(served, party.secretaries[branches[0][1].pk], weeks.at(9, "10:00"), values=measures)
    signing = _found(party, inspector, branches[2][0], 4, "党员名册与实际不符，两名党员组织关系未转入。")
    _notice(weeks, signing, committee, inspector, 2)


def _found(party: Party, inspector: Person, branch: Organisation, back: int, detail: str) -> Case:
    finish = party.weeks.day(back - 30)
    inspection = hold(
        party,
        "party-inspection",
        party.weeks.day(back),
        "14:30",
        inspector,
        party.city.units["szgw"],
        values={"result": "总体较好。", "findings": [{"detail": detail, "finish": finish.isoformat()}]},
        about=[("organisation", branch.pk)],
        people=3,
    )
    assert inspection is not None  # noqa: S101 - it lies in the past
    ((_type, number),) = activities.follow_up(
        inspection.pk, party.weeks.by(inspector, party.weeks.at(back, "16:50"))
    )
    return Case.objects.get(pk=number)


def _noticed(party: Party, case: Case, inspector: Person, back: int) -> None:
    """Its notice is written, signed twice and so issued."""
    weeks, committee = party.weeks, party.city.units["szgw"]
    paper = _notice(weeks, case, committee, inspector, back)
    _signed(weeks, paper, weeks.handler(committee), back, "15:20")


def _notice(weeks: Weeks, case: Case, unit: Organisation, inspector: Person, back: int) -> Bulletin:
    """The first of two signatures is given."""
    paper = _draft(
        weeks, "rectification-notice", unit, inspector, back, about=("organisation", case.about_id),
        case=case.pk, step=case.steps.get(done_at=None).no,
    )  # fmt: skip
    return _signed(weeks, paper, inspector, back, "11:10")


def _draft(weeks: Weeks, code: str, unit: Organisation, person: Person, back: int, **more: Any) -> Bulletin:
    at = weeks.at(back, "09:30")
    loaded = definitions.get("bulletin", code, at.date())
    return bulletins.draft(
        loaded, organisation=unit, actor=f"person:{person.pk}", at=at, powers=powers_of(person, at.date()),
        origin=DEMO, **more,
    )  # fmt: skip


def _signed(weeks: Weeks, paper: Bulletin, person: Person, back: int, clock: str) -> Bulletin:
    at = weeks.at(back, clock)
    return bulletins.sign(paper.pk, revision=paper.revision, powers=powers_of(person, at.date()), at=at)


def _looked_back(party: Party, inspector: Person, branch: Organisation) -> None:
    """Put right, verified by somebody else and struck off half a year ago: now somebody looks whether it held."""
    weeks, secretary = party.weeks, party.secretaries[branch.pk]
    if weeks.day(LONG_AGO) < dt.date(weeks.last.year if weeks.last.month > 8 else 9999, 1, 2):
        return  # the definitions were not in force yet
    case = _found(party, inspector, branch, LONG_AGO, "三会一课记录不全，缺签到。")
    _noticed(party, case, inspector, LONG_AGO - 2)
    measures = {"measures": [{"measure": "补齐一季度会议记录", "unit": branch.code}]}
    case = weeks.do(case, secretary, weeks.at(LONG_AGO - 4, "10:00"), values=measures)
    by = weeks.by(secretary, weeks.at(LONG_AGO - 9, "10:00"))
    casework.attach(case.pk, by, file=ContentFile("三会一课记录（示例）".encode(), "会议记录.txt"))
    weeks.do(case, secretary, by.at, "report", values={"progress": "记录、签到已补齐。"})
    check = Judgement.objects.get(judgement="independent-check", given_at=None)
    judge, at = check.judge, weeks.at(LONG_AGO - 11, "10:00")
    assert judge is not None  # noqa: S101 - there are inspectors who had no part in it
    found = {"result": "pass", "finding": "记录齐全，签到完整。"}
    judgements.give_review(check.pk, values=found, powers=powers_of(judge, at.date()), at=at, origin=DEMO)
    case.refresh_from_db()
    weeks.do(case, inspector, weeks.at(LONG_AGO - 12, "10:00"))
    sequence()


def ask(party: Party) -> None:
    """What the worker would have asked when the office opened: the look back waits on a checker's list."""
    judgements.ask_reviews(party.weeks.at(0, "09:10"), party.weeks.calendar)
