"""What every theme of the recent weeks needs: days counted back, who acts with which powers, cases filed and moved on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from ronghe.casework import domain as casework
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.management.demo import words
from ronghe.management.demo.city import DemoCity
from ronghe.organisations.domain import Contact
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import powers_of

DEMO = "demo"
OLDEST = 15
"""No letter of the recent weeks is older, in working days."""


class Weeks:
    """The last working weeks of a city that has lived until `now`; day 0 is the last whose office has closed."""

    def __init__(self, city: DemoCity, now: dt.datetime) -> None:
        self.city, self.now, self.random = city, now, city.random
        self.calendar = definitions.calendar()
        today = self.calendar.local(now).date()
        is_over = self.calendar.is_workday(today) and now >= self.calendar.closing(today)
        self.last = today if is_over else self.calendar.add(today, -1)
        self.own = city.units["sthjj"]

    @property
    def is_told(self) -> bool:
        """Whether letters of these weeks are answered as the themes do it: with a second person who checks."""
        asked = ("resident-message", "enterprise-request")
        flows = [definitions.get("procedure", code, self.day(OLDEST)).body.flow for code in asked]
        return all("check" in flow.by_code for flow in flows)

    def day(self, back: int) -> dt.date:
        """So many working days before the last one; negative: after it."""
        return self.calendar.add(self.last, -back)

    def at(self, back: int, clock: str) -> dt.datetime:
        """A time of such a day, as 10:30."""
        return dt.datetime.combine(self.day(back), dt.time.fromisoformat(clock), SHANGHAI)

    def handler(self, unit: Organisation | None = None, which: int = 0) -> Person:
        """One who works in a unit; the department of the demonstration accounts when none is named."""
        return self.city.handlers[(unit or self.own).pk][which]

    def by(self, person: Person, at: dt.datetime) -> By:
        """Somebody acts with the powers they have that day."""
        return By(f"person:{person.pk}", at, powers_of(person, at.date()), origin=DEMO)

    def contact(self) -> Contact:
        """Somebody of the public; the number is no telephone's."""
        name = self.random.choice(words.SURNAMES) + "某"
        return Contact(name=name, phone=f"000{self.random.randint(10**7, 10**8 - 1)}")

    def file(self, code: str, at: dt.datetime, values: Mapping[str, Any], **more: Any) -> Case:
        """A case is filed; its submission follows from the city's random source."""
        submission = uuid.UUID(int=self.random.getrandbits(128), version=4)
        loaded = definitions.get("procedure", code, at.date())
        return casework.open_case(
            loaded, values=values, at=at, submission=submission, origin=DEMO, **more
        ).case

    def task(
        self, code: str, person: Person, at: dt.datetime, title: str, values: Mapping[str, Any], **more: Any
    ) -> Case:
        """One of the staff files a case."""
        return self.file(code, at, values, title=title, actor=f"person:{person.pk}", **more)

    def message(self, at: dt.datetime, title: str, detail: str, **more: Any) -> Case:
        """A resident writes."""
        given = {"contact": self.contact(), "channel": "web", **more}
        return self.file("resident-message", at, {"detail": detail}, title=title, **given)

    def request(self, at: dt.datetime, title: str, detail: str, **more: Any) -> Case:
        """An enterprise asks for something about the environment."""
        given = {"contact": self.contact(), "channel": "web", "about": self.firm(), **more}
        values = {"topic": "environment", "detail": detail}
        return self.file("enterprise-request", at, values, title=title, **given)

    def firm(self) -> Organisation:
        """An enterprise that the group of the demonstration accounts serves."""
        served = self.city.served.get(self.city.groups[0].pk) or self.city.enterprises
        return self.random.choice(served)

    def do(
        self,
        case: Case,
        person: Person,
        at: dt.datetime,
        outcome: str = "done",
        *,
        step: str = "",
        **more: Any,
    ) -> Case:
        """Somebody ends an open step: the one named, else the last."""
        rows = case.steps.filter(done_at=None).order_by("no")
        row = rows.filter(code=step).first() if step else rows.last()
        assert row is not None  # noqa: S101 - a theme acts on what is open
        return casework.complete_step(case.pk, self.by(person, at), step=row.no, outcome=outcome, **more)

    def taken(self, case: Case, back: int, clock: str, unit: Organisation | None = None) -> Case:
        """It reaches a unit, by whoever received it, and is accepted there; two minutes apart."""
        unit, at = unit or self.own, self.at(back, clock)
        holder = case.steps.get(done_at=None).holder
        if holder != unit:
            receiver = self.handler(holder or self.city.units["fbzx"])
            case = self.do(case, receiver, at, "transfer", to=unit, note=words.TRANSFERRED)
        return self.do(case, self.handler(unit), at + dt.timedelta(minutes=2), "accept")

    def drafted(self, case: Case, back: int, clock: str, opinion: str, **more: Any) -> Case:
        """Handled, and a reply written that waits to be checked."""
        unit, at = case.responsible, self.at(back, clock)
        writer: Person = more.pop("writer", None) or self.handler(unit)
        parts = {"handling": "我单位接件后当日联系了解，并到现场核实了情况。", "opinion": opinion}
        case = self.do(case, writer, at, "ready")
        return self.do(case, writer, at + dt.timedelta(minutes=25), "submit", parts=parts, **more)

    def answered(self, case: Case, back: int, clock: str, opinion: str, **more: Any) -> Case:
        """Handled, written, checked by a second person and sent, within an hour."""
        checker: Person | None = more.pop("checker", None)
        case = self.drafted(case, back, clock, opinion, **more)
        unit = case.responsible
        assert unit is not None  # noqa: S101 - it was accepted
        checker = checker or self.city.leaders[unit.pk]
        return self.do(case, checker, self.at(back, clock) + dt.timedelta(minutes=50), "send")
