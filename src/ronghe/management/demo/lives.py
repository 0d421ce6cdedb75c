"""How cases of the fictional city live: who acts when. Every act is noted, so that it can be played again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ronghe.casework.domain import Bulk, Filing, Life, life_data
from ronghe.casework.domain.course import Holder
from ronghe.casework.domain.filing import REQUESTER
from ronghe.core.worktime import SHANGHAI, Calendar, Limit
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain import Rated, verdict_of
from ronghe.judgements.queries import rating_for
from ronghe.management.demo import words
from ronghe.management.demo.city import DemoCity
from ronghe.organisations.models import Organisation

GRADES = ("very-satisfied", "satisfied", "fair", "dissatisfied", "very-dissatisfied")
SCORES = (62, 25, 7, 4, 2)


@dataclass(frozen=True)
class Act:
    """One thing done to a case: what, by whom, when, with what."""

    what: str
    actor: str
    at: dt.datetime
    said: Mapping[str, Any]


@dataclass
class DemoLife:
    """One case lived until `now`: `acts` is what was done, in order."""

    life: Life
    city: DemoCity
    calendar: Calendar
    random: Random
    now: dt.datetime
    target: Organisation
    topic_title: str
    acts: list[Act] = field(default_factory=list)
    ratings: list[tuple[int, int | None, str, dt.datetime]] = field(default_factory=list)

    def live(self) -> None:
        """Act step by step until the case ends or the next act would lie in the future."""
        self.life.course.open(**life_data(self.life))
        for _ in range(30):
            if self.life.course.record.state != "open":
                if not self._rate():
                    return
            elif not self._step():
                return

    def _step(self) -> bool:
        record = self.life.course.record
        step = record.open_steps[0]
        if step.code in {"receive", "register"}:
            return self._receive(step.no, step.holder, at_desk=record.responsible is None)
        if step.code == "handle" and self._linger(step.no):
            return False
        node = self.life.course.node_of(step)
        outcome = next(way for way in ("ready", "submit", "send") if way in node.outcomes)
        days = 0 if step.code in {"reply", "check"} else self._days(record.responsible)
        return self._complete(step.no, outcome, self._later(days), record.responsible)

    def _receive(self, no: int, holder: int | None, *, at_desk: bool) -> bool:
        at = self._later(0 if self.random.random() < 0.85 else 1)
        chance = self.random.random()
        if at_desk:
            return self._complete(no, "transfer", at, holder, to=self.target)
        if chance < 0.06 and holder != self.target.pk:
            return self._complete(no, "transfer", at, holder, to=self.target, note=words.TRANSFERRED)
        if chance > 0.985:
            return self._complete(no, "decline", at, holder, note=words.DECLINED)
        return self._complete(no, "accept", at, holder)

    def _linger(self, no: int) -> bool:
        """Perhaps pause or extend first; True when that already reaches beyond now."""
        course = self.life.course
        if course.record.paused_at is None and self.random.random() < 0.08:
            paused = self._do(
                "pause", self._later(1), course.record.responsible, step=no, ground="supplement"
            )
            return not (
                paused
                and self._do("resume", self._later(self.random.randint(1, 4)), course.record.responsible)
            )
        leader = self.city.leaders.get(course.record.responsible or 0)
        extended = any(act.what == "extend" for act in self.acts)
        if leader and not extended and self.random.random() < 0.04:
            at = self._later(1)
            if course.record.due and at < course.record.due:
                said = {
                    "step": no,
                    "limit": "5 工作日",
                    "note": words.EXTENDED,
                    "document": f"办延〔{at.year}〕{no}号",
                }
                return not self._do(
                    "extend", at, course.record.responsible, actor=f"person:{leader.pk}", **said
                )
        return False

    def _rate(self) -> bool:
        """The requester may rate a closed round; a bad rating takes the case up again. False: nothing more happens."""
        record = self.life.course.record
        if record.state != "closed" or record.result != "answered" or self.random.random() > 0.55:
            return False
        at = self._later(self.random.randint(1, 5))
        loaded = rating_for(self.life.procedure.edition.code, at.date())
        if at > self.now or loaded is None:
            return False
        weights = SCORES if record.round == 1 else (70, 25, 5, 0, 0)
        grade = self.random.choices(GRADES, weights)[0]
        self.ratings.append((record.round, record.responsible, grade, at))
        self.acts.append(Act("rate", REQUESTER, at, {"grade": grade, "round": record.round}))
        if verdict_of(loaded, {"grade": grade}, at.date()).reopens:
            self.life.course.by("system:rating", at).reopen(cause="rating")
            return True
        return False

    def _complete(
        self,
        no: int,
        outcome: str,
        at: dt.datetime,
        holder: int | None,
        *,
        to: Organisation | None = None,
        note: str = "",
    ) -> bool:
        reply, step = "", self.life.course.still_open(no)
        if self.life.course.node_of(step).template and outcome in {"send", "submit"}:
            again = self.life.course.record.round > 1
            pattern = words.AGAIN if again else self.random.choice(words.REPLIES)
            reply = pattern.format(title=self.topic_title, unit=self.target.name)
        return self._do("complete", at, holder, step=no, outcome=outcome, to=to, note=note, reply=reply)

    def _do(self, what: str, at: dt.datetime, unit: int | None, *, actor: str = "", **said: Any) -> bool:
        """Do it in memory and note it; False and nothing done when it lies in the future."""
        if at > self.now:
            return False
        people = self.city.handlers.get(unit or 0) or self.city.handlers[self.city.units["fbzx"].pk]
        step = self.life.course.record.step(said.get("step", 0))
        turn = self.life.course.record.round
        if step and step.written_by:  # 审签 is a second person's: the leader's, in a re-do a colleague's
            leader = self.city.leaders.get(unit or 0) if turn == 1 else None
            people, turn = [leader] if leader else people, turn + 1
        actor = actor or f"person:{people[turn % len(people)].pk}"
        self.acts.append(Act(what, actor, at, said))
        play(self.life, self.acts[-1])
        return True

    def _later(self, days: int) -> dt.datetime:
        """A moment in office hours, `days` working days on; on the same day after what was done last."""
        last = self.life.course.entries[-1].at.astimezone(SHANGHAI)
        day = self.calendar.add(last.date(), days)
        if day == last.date() and self.calendar.is_workday(day) and last.hour < 17:
            return last + dt.timedelta(
                minutes=self.random.randint(1, (17 - last.hour) * 60 + 50 - last.minute)
            )
        if day == last.date():
            day = self.calendar.add(day, 1)
        hour, minute = self.random.choice((9, 10, 11, 14, 15, 16, 17)), self.random.randint(0, 59)
        return dt.datetime.combine(day, dt.time(hour, minute), SHANGHAI)

    def _days(self, unit: int | None) -> int:
        """How long this unit takes: most are quick, some are not, and units differ."""
        pace = self.city.paces.get(unit or 0, 1)
        limit = 12 if self.life.procedure.edition.code == "petition" else 2
        return round(min(self.random.lognormvariate(0, 0.5) * limit * pace, 60))


def play(life: Life, act: Act) -> None:
    """Do a noted act to a life in memory."""
    course, said = life.course.by(act.actor, act.at), dict(act.said)
    note = life.note(said["note"]) if said.get("note") else None
    match act.what:
        case "pause":
            course.pause(said["step"], said["ground"], note=note)
        case "resume":
            course.resume()
        case "extend":
            course.extend(said["step"], Limit.parse(said["limit"]), document=said["document"], note=note)
        case "complete":
            to = Holder(said["to"].pk) if said["to"] else None
            node = course.node_of(course.still_open(said["step"]))
            is_sent = said["outcome"] == "send"
            reply = life.reply(said["reply"], is_sent=is_sent) if said["reply"] else None
            if node.checks and is_sent:
                reply = life.send_draft()
            course.complete(said["step"], said["outcome"], note=note, reply=reply, to=to)


def begin(
    bulk: Bulk, procedure: Loaded, filing: Filing, at: dt.datetime, random: Random, **more: Any
) -> DemoLife:
    """A life about to be lived; its submission follows from the random source, so that a seed gives one city."""
    submission = uuid.UUID(int=random.getrandbits(128), version=4)
    life = bulk.begin(procedure, filing, at=at, actor=REQUESTER, submission=submission)
    return DemoLife(life=life, random=random, calendar=life.course.calendar, **more)


def rated_of(demo: DemoLife) -> list[tuple[Rated, Mapping[str, Any], str, dt.datetime]]:
    """The ratings of a life that has been written, as `rate_many` takes them."""
    case = demo.life.case
    return [
        (Rated(case.pk, case.procedure, round_, unit), {"grade": grade}, f"requester:{case.pk}", at)
        for round_, unit, grade, at in demo.ratings
    ]
