"""Everything the page of one case shows, and the forms of what its reader may do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from ronghe.casework import rules
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply, Step
from ronghe.casework.queries.acts import Acts, acts_for
from ronghe.casework.queries.calls import sealed
from ronghe.casework.queries.clocks import light_of, log_of, sentence_of
from ronghe.casework.queries.course import Stop, stops_of
from ronghe.casework.queries.handovers import HandOvers, hand_overs
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.similar import SimilarOpen, similar_open
from ronghe.casework.queries.timeline import TimelineLine, condensed, timeline
from ronghe.casework.queries.worklist import step_title
from ronghe.core.errors import RongheError
from ronghe.core.worktime import ClockLog, DayLine, Light, Limit, sentence
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Identity
from ronghe.judgements.queries import given_to, reviewed_procedures
from ronghe.organisations.domain import Contact, masked, open_contact
from ronghe.organisations.models import Account, Organisation, Person
from ronghe.organisations.queries import powers_of
from ronghe.rows import Question
from ronghe.text.promises import Promise, promises
from ronghe.text.replies import Remark, check_reply
from ronghe.www.checks.reviews import ShownReview, shown_reviews
from ronghe.www.desk.answers import Answer, Claim, StepAnswers, claims, given_files, step_answers
from ronghe.www.desk.files import AddFilesForm, lines_on
from ronghe.www.desk.running import About, Expected, about_of, expected_of, waits_of
from ronghe.www.files import FileLine
from ronghe.www.portal.reading import said_in, scores

FOLDED_FROM, HEAD, TAIL = 9, 2, 5
MOST_UNITS = 3000
_STEPS: Question[Step] = Question(
    lambda case: Step.objects.filter(case=case).select_related("holder", "assignee").order_by("no"), case=int
)
_KIN = Question(
    lambda case: Case.objects.filter(Q(merged_into=case) | Q(related=case)).values_list("pk")[:1], case=int
)


@dataclass(frozen=True)
class OpenStep:
    """An open step as the head of the page tells it."""

    step: Step
    title: str
    light: Light
    sentence: str


@dataclass(frozen=True)
class Requester:
    """Who asked, as far as the reader may know. `says`: why more is not shown."""

    contact: Contact
    is_masked: bool
    says: str = ""


@dataclass(frozen=True)
class Checked:
    """What software noticed in a reply; whoever signs decides."""

    remarks: tuple[Remark, ...]
    promises: tuple[Promise, ...]


@dataclass
class CasePage:
    """One case as one account sees it now. `seen`: the revision the reader had seen when they acted."""

    case: Case
    account: Account
    now: dt.datetime
    seen: int | None = None

    def __post_init__(self) -> None:
        self.calendar = definitions.calendar()
        self.on = self.calendar.local(self.now).date()
        self.procedure = definitions.by_edition(self.case.edition_id)
        self.powers = powers_of(self.account, self.on)

    @cached_property
    def acts(self) -> Acts:
        """What the account may do now."""
        return acts_for(self.case, self.powers)

    @cached_property
    def steps(self) -> list[Step]:
        """All steps, open and done."""
        steps = _STEPS.all(case=self.case.pk)
        for step in steps:
            step.case = self.case
        return steps

    @cached_property
    def sealed(self) -> frozenset[int]:
        """The steps whose answers the reader may not know yet."""
        return sealed(self.case, self.steps, self.powers)

    @property
    def known_values(self) -> dict[str, Any]:
        """What its forms were answered with; while answers of others are sealed, the form it was filed with alone."""
        values: dict[str, Any] = self.case.values
        if not self.sealed:
            return values
        form = self.procedure.body.form
        asked = {field.code for field in form.fields} if form else set()
        return {code: value for code, value in values.items() if code in asked}

    @property
    def light(self) -> Light:
        """The light of the case."""
        return light_of(self.case, self.now, self.calendar)

    @cached_property
    def log(self) -> ClockLog | None:
        """The log of its clock, if it has one."""
        return log_of(self.case)

    @property
    def sentence(self) -> str:
        """Its clock in one sentence."""
        return (
            sentence(self.log.reading(self.calendar, self.now), self.now, self.calendar) if self.log else ""
        )

    @property
    def about_kind(self) -> str:
        """What the organisation it is about is called by its kind."""
        kind = self.case.about.kind if self.case.about else ""
        found = definitions.find("organisation", kind, self.on)
        return found.body.title if found else gettext("单位")

    @cached_property
    def expected(self) -> list[Expected]:
        """The open steps that something else does."""
        return expected_of(self)

    @cached_property
    def waits(self) -> dict[int, str]:
        """Until when open steps may not be done, by their number."""
        return waits_of(self)

    @cached_property
    def things(self) -> list[About]:
        """What it is about beside an organisation, and what gave rise to it."""
        return about_of(self.case, self.powers)

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.case.state == CaseState.OPEN

    @property
    def why(self) -> str:
        """Why it is due when it is, briefly."""
        log = self.log
        return log.explain_briefly(self.calendar, self.now) if log else ""

    def days(self) -> list[DayLine]:
        """Its clock day by day."""
        log = self.log
        return log.explain(self.calendar, self.now) if log else []

    def open_steps(self) -> list[OpenStep]:
        """The open steps, with light and sentence where a step has a clock of its own."""
        lights = lights_at(self.now, self.calendar)
        return [
            OpenStep(
                step,
                step_title(step),
                lights.light(self.case, step.due),
                sentence_of(step, self.now, self.calendar) if step.due else "",
            )
            for step in self.steps
            if step.done_at is None
        ]

    def stops(self) -> list[Stop]:
        """The procedure with the path taken."""
        return stops_of(self.case, self.procedure, self.steps)

    def clocks(self) -> list[OpenStep]:
        """The steps that had a clock, with how each unit kept it."""
        lights = lights_at(self.now, self.calendar)
        return [
            OpenStep(
                step,
                step_title(step),
                Light.DONE if step.done_at else lights.light(self.case, step.due),
                sentence_of(step, self.now, self.calendar),
            )
            for step in self.steps
            if step.clock
        ]

    def hands(self) -> HandOvers:
        """Through whose hands it went and how long each kept it."""
        return hand_overs(self.steps, self.now, self.calendar)

    @cached_property
    def main(self) -> Case | None:
        """The case that answers for this one, where the reader may see it."""
        if self.case.merged_into_id is None:
            return None
        return Case.objects.visible_with(self.powers).filter(pk=self.case.merged_into_id).first()

    @cached_property
    def has_kin(self) -> bool:
        """Whether any case was merged into this one or came of it, be it seen or not: most have none."""
        return bool(_KIN.first(case=self.case.pk))

    def merged(self) -> list[Case]:
        """The open cases this one answers for, as far as the reader may see them."""
        if not self.has_kin:
            return []
        waiting = Case.objects.visible_with(self.powers).filter(merged_into=self.case, state=CaseState.OPEN)
        return list(waiting.order_by("opened_at"))

    def similar(self) -> list[SimilarOpen]:
        """Open cases told alike, which might be merged; only while somebody works on this one."""
        return similar_open(self.case, self.powers) if self.acts.may_merge else []

    def came(self) -> list[Case]:
        """What came of it: follow-ups of promises, supervision, matters split off."""
        if not self.has_kin:
            return []
        came = Case.objects.visible_with(self.powers).filter(related=self.case)
        return list(came.order_by("opened_at")[:10])

    @cached_property
    def asked(self) -> dict[str, str] | None:
        """The extension that waits for a leader: who asked, how much, why."""
        asked = self.case.asked
        if not asked:
            return None
        kind, _, person = asked["by"].partition(":")
        name = (
            Person.objects.filter(pk=person).values_list("name", flat=True).first()
            if kind == "person"
            else ""
        )
        note = self.case.notes.filter(no=asked.get("note", 0)).values_list("text", flat=True).first()
        return {
            "who": name or "",
            "limit": Limit.parse(asked["limit"]).unit.counted(Limit.parse(asked["limit"]).amount),
            "why": note or "",
            "document": asked.get("document", ""),
        }

    def claims(self) -> list[Claim]:
        """The lanes of its open call, each with what it said."""
        return claims(self) if any(step.path for step in self.steps) else []

    @cached_property
    def draft(self) -> Reply | None:
        """The reply that waits for a second person, or came back from them."""
        return next((acts.draft for acts in self.acts.steps if acts.draft is not None), None)

    @property
    def draft_checked(self) -> Checked | None:
        """The same of the draft that waits to be checked."""
        if self.draft is None:
            return None
        kept = (Promise(one["text"], dt.date.fromisoformat(one["due"]), 0, 0) for one in self.draft.promises)
        return replace(self.checked(self.draft.text), promises=tuple(kept))

    def checked(self, text: str) -> Checked:
        """What to look at again in a reply, and what it promises."""
        question = str(self.case.values.get("detail") or self.case.title)
        return Checked(remarks=check_reply(question, text), promises=promises(text, self.on, self.calendar))

    @cached_property
    def lines(self) -> list[TimelineLine]:
        """What happened, oldest first."""
        return condensed(timeline(self.case))

    def folded(self) -> dict[str, list[TimelineLine]]:
        """The timeline in three parts when it is long; what happened since `seen` is never folded."""
        if len(self.lines) < FOLDED_FROM:
            return {"first": self.lines, "middle": [], "last": []}
        return {"first": self.lines[:HEAD], "middle": self.lines[HEAD:-TAIL], "last": self.lines[-TAIL:]}

    @cached_property
    def files(self) -> list[FileLine]:
        """Its files, as far as the reader may know their names."""
        return lines_on(self)

    def given_files(self) -> list[Answer]:
        """The files its form was answered with."""
        return given_files(self)

    def step_answers(self) -> list[StepAnswers]:
        """What the forms of its steps were answered with."""
        return step_answers(self)

    @cached_property
    def add_files(self) -> AddFilesForm | None:
        """The form that adds files; None for who may not."""
        return AddFilesForm() if self.acts.may_note else None

    def said(self) -> list[tuple[str, str]]:
        """The answers the requester gave, as (title, words)."""
        return said_in(self.case, self.procedure)

    def ratings(self) -> list[dict[str, Any]]:
        """The ratings given."""
        return scores(list(given_to(("case", self.case.pk))))

    def reviews(self) -> list[ShownReview]:
        """What officers found who looked at it: verifications, look-backs."""
        return (
            shown_reviews(("case", self.case.pk))
            if self.procedure.edition.code in reviewed_procedures(self.on)
            else []
        )

    @property
    def is_protected(self) -> bool:
        """Whether who asked is kept from those who work on it."""
        return bool(self.procedure.body.identity == Identity.PROTECTED)

    def requester(self) -> Requester | None:
        """Who asked; None when nobody said."""
        identity = self.case.identity
        if identity is None:
            return None
        try:
            if rules.may_see_requester(self.powers, self.case, is_protected=self.is_protected):
                return Requester(open_contact(identity), is_masked=False)
            if self.is_protected:
                says = gettext("身份受保护，被反映的单位看不到。")
            else:
                says = gettext("全名和电话只给办理这件事的人看。")
            return Requester(masked(identity), is_masked=True, says=says)
        except RongheError as error:
            return Requester(Contact(), is_masked=True, says=error.message)

    def units(self) -> QuerySet[Organisation]:
        """The units a case may be handed to: those that live, no enterprise, not the one complained of."""
        live = (
            Organisation.objects.live(self.on).exclude(kind="enterprise").exclude(pk=self.case.about_unit_id)
        )
        return live.order_by("name").only("name", "initials")[:MOST_UNITS]

    def context(self, **more: Any) -> Mapping[str, Any]:
        """What the template is given."""
        return {"page": self, "case": self.case, **more}
