"""Many cases at once: accept them, give them to one officer, answer them with one text; each is still done by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.casework import domain as casework
from ronghe.casework.domain.many import Outcomes, do_many
from ronghe.casework.exceptions import DomainError, StaleRevision
from ronghe.casework.models import Case
from ronghe.casework.queries.acts import officers_of
from ronghe.casework.queries.echo import was_done
from ronghe.casework.queries.many import Pick, Together, picks
from ronghe.casework.queries.templates import Template, compose, fill, template_for, words_for
from ronghe.core.procedure import Step
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from ronghe.www.desk.forms import AssignForm, ReplyForm
from ronghe.www.forms import PageForm

TITLES = {
    Together.ACCEPT: _("一起受理"),
    Together.ASSIGN: _("一起指派"),
    Together.REPLY: _("一起答复"),
}
PROMISE = ("promise", "promise_due")


class ReplyToAllForm(ReplyForm):
    """The reply's parts with their braces unfilled: each case puts in its own words. No promise is made to all at once."""

    def __init__(self, *args: Any, template: Template | None, **kwargs: Any) -> None:
        super().__init__(*args, template=template, words={}, **kwargs)
        for name in PROMISE:
            del self.fields[name]

    @property
    def parts_now(self) -> dict[str, str]:
        """What stands in each part, whether it can be sent or not."""
        parts = self.template.parts if self.template else ()
        return {part.code: str(self[f"part_{part.code}"].value() or "") for part in parts}

    def text_for(self, words: Mapping[str, str]) -> str:
        """The reply exactly as a case with these words gets it."""
        if self.template is None:
            return fill(str(self["reply"].value() or ""), words).strip()
        return compose(self.template, self.parts_now, words)


class NothingForm(PageForm):
    """Nothing to ask."""


@dataclass(frozen=True)
class Line:
    """One chosen case on the page: what would be sent, and why it was or cannot be done."""

    pick: Pick
    preview: str
    why: str

    @property
    def value(self) -> str:
        """The case and the revision that is seen now."""
        return f"{self.pick.case.number}:{self.pick.case.revision}"


@dataclass
class ManyPage:
    """The cases somebody chose (number → the revision seen; None: none yet), and the one form for all of them."""

    act: Together
    account: Account
    now: dt.datetime
    chosen: Mapping[str, int | None]
    data: Any = None
    initial: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.on = timezone.localdate(self.now)
        self.powers = powers_of(self.account, self.on)

    @property
    def title(self) -> str:
        """What is being done."""
        return str(TITLES[self.act])

    @cached_property
    def picks(self) -> list[Pick]:
        """The chosen cases that may be seen."""
        return picks(self.powers, list(self.chosen), self.act)

    @cached_property
    def ready(self) -> list[Pick]:
        """Those that can be done now."""
        return [pick for pick in self.picks if not pick.why]

    @property
    def is_checked(self) -> bool:
        """Whether a second person looks at the reply before it is sent."""
        first = self.ready[0] if self.ready else None
        return bool(first and first.node and first.outcome and first.node.outcomes[first.outcome].end is None)

    @cached_property
    def form(self) -> PageForm:
        """What is asked for all of them."""
        given: dict[str, Any] = {"data": self.data, "initial": dict(self.initial)}
        first = self.ready[0] if self.ready else None
        if self.act is Together.REPLY:
            return ReplyToAllForm(**given, template=template_for(self._node, self.on))
        if self.act is Together.ASSIGN:
            people = officers_of(first.step, self.on) if first and first.step else []
            return AssignForm(**given, people=people)
        return NothingForm(**given)

    @property
    def template(self) -> str:
        """The template's code, which the page sends back: a form sent twice is then read like the first time."""
        return self._node.template or ""

    @property
    def _node(self) -> Step:
        first = self.ready[0] if self.ready else None
        if first and first.node:
            return first.node
        return Step("", "", {}, template=str((self.data or {}).get("template") or ""))

    def lines(self) -> list[Line]:
        """Each chosen case, with what would be sent to it."""
        return [
            Line(
                pick,
                "" if pick.why else self.text_for(pick.case),
                self.refused.get(pick.case.pk, pick.why),
            )
            for pick in self.picks
        ]

    def text_for(self, case: Case) -> str:
        """The reply this case would get; empty where none is written."""
        form = self.form
        return form.text_for(words_for(case, self.now)) if isinstance(form, ReplyToAllForm) else ""

    def do(self) -> Outcomes:
        """Do each as it was seen."""
        chosen = {pick.case.pk: pick for pick in self.picks}
        return do_many(
            list(chosen), lambda pk: self._do(chosen[pk]), was_done=lambda pk: self._was_done(chosen[pk])
        )

    def _do(self, pick: Pick) -> Case:
        by = casework.By(self._actor, self.now, self.powers, self.chosen[pick.case.number])
        case, step, form = pick.case, pick.step.no if pick.step else 0, self.form
        if pick.why:
            refusal = StaleRevision if by.revision not in (None, case.revision) else DomainError
            raise refusal("not-together", pick.why)
        if isinstance(form, AssignForm):
            person = form.people[form.cleaned_data["person"]]
            return casework.assign_step(case.pk, by, step=step, person=person)
        if not isinstance(form, ReplyToAllForm):
            return casework.complete_step(case.pk, by, step=step, outcome=pick.outcome)
        return casework.complete_step(
            case.pk,
            by,
            step=step,
            outcome=pick.outcome,
            reply=self.text_for(case),
            parts=form.parts_now,
        )

    def _was_done(self, pick: Pick) -> bool:
        """Whether this very act was done to the case since it was seen."""
        form, seen = self.form, self.chosen[pick.case.number] or 0
        if isinstance(form, AssignForm):
            data: dict[str, Any] = {"person": form.cleaned_data["person"]}
            return was_done(pick.case, since=seen, actor=self._actor, kind="step.assigned", data=data)
        data = {} if self.act is Together.REPLY else {"outcome": self.act.value}
        text = self.text_for(pick.case)
        return was_done(pick.case, since=seen, actor=self._actor, kind="step.done", data=data, reply=text)

    @property
    def _actor(self) -> str:
        return f"person:{self.account.person_id}"
