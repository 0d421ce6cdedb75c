"""The forms of a case's page, each with the domain act it asks for.

An act knows its form, how it is done, and which ledger entry tells that it was done: so a form sent twice is
answered like the first time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.casework.enums import outcome_title
from ronghe.casework.models import Case
from ronghe.casework.queries.acts import Choice, StepActs, officers_of
from ronghe.casework.queries.calls import may_answer
from ronghe.casework.queries.templates import template_for, words_for
from ronghe.casework.rules import workable
from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.core.procedure import Parallel
from ronghe.core.procedure.voting import COUNTED
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Organisation
from ronghe.www.desk.answers import kept_under
from ronghe.www.desk.doing import CASE_ACTS, DOERS
from ronghe.www.desk.forms import (
    AskForm,
    AssignForm,
    ClaimForm,
    DivertForm,
    ExplainForm,
    ExtendForm,
    MergeForm,
    NoteForm,
    OptionalNoteForm,
    PauseForm,
    ReasonForm,
    ReplyForm,
    ResumeForm,
    SplitOffForm,
    StepForm,
)
from ronghe.www.desk.page import CasePage
from ronghe.www.desk.voting import entitled_on, vote_words
from ronghe.www.forms import DefinedForm, PageForm, form_class
from ronghe.www.references import references_of

SUPPLEMENT = "supplement"


@dataclass
class ActForm:
    """One act offered on a page: `parts` are the forms it is asked with, one after the other."""

    name: str
    title: str
    page: CasePage
    parts: list[PageForm]
    step: int = 0
    outcome: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""

    @property
    def action(self) -> str:
        """Where it is sent."""
        number = self.page.case.number
        if self.name == "step":
            return reverse("case-step", args=[number, self.step, self.outcome])
        if self.name in CASE_ACTS:
            return reverse(f"case-{self.name}", args=[number])
        return reverse(f"case-{self.name}", args=[number, self.step])

    @property
    def reply(self) -> ReplyForm | None:
        """The part that writes a reply, if it has one."""
        return next((part for part in self.parts if isinstance(part, ReplyForm)), None)

    @property
    def rest(self) -> list[Any]:
        """The fields beside the reply's."""
        return [field for part in self.parts if not isinstance(part, ReplyForm) for field in part]

    @property
    def key(self) -> str:
        """What tells this form from the others of the page, for drafts and ids."""
        return f"{self.name}-{self.step}-{self.outcome}"

    @property
    def fields(self) -> list[Any]:
        """All fields in order."""
        return [field for part in self.parts for field in part]

    @property
    def is_multipart(self) -> bool:
        """Whether it takes files."""
        return any(part.is_multipart() for part in self.parts)

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """What must be changed: (id of the field or empty, its label, what to do)."""
        return [line for part in self.parts for line in part.summary]

    @property
    def is_bound(self) -> bool:
        """Whether something was sent with it, or it holds what was typed before sign-in ran out."""
        return any(part.is_bound or part.initial for part in self.parts)

    @property
    def is_too_large(self) -> bool:
        """Whether the size of a file was refused."""
        return any(part.is_too_large for part in self.parts if isinstance(part, DefinedForm))

    def is_valid(self) -> bool:
        """All parts are asked, so that all that is wrong is said at once."""
        found = [part.is_valid() for part in self.parts]
        return all(found)

    def refuse(self, error: RongheError) -> None:
        """Say what the domain refused: beside its fields, or above."""
        told = error.data.get("errors")
        first = self.parts[0]
        if isinstance(told, dict) and isinstance(first, DefinedForm):
            first.take_errors(told)
        else:
            # A case that is hidden must read like one that does not exist.
            self.parts[-1].add_error("into" if error.code == "merge-hidden" else None, error.message)

    def typed(self) -> list[tuple[str, str]]:
        """What was typed, as (label, words)."""
        return [
            (str(field.label), str(field.value()))
            for field in self.fields
            if field.value() not in (None, "", [])
        ]

    def texts(self) -> dict[str, str]:
        """The words an entry must repeat to be the same act."""
        clean = {name: value for part in self.parts for name, value in part.cleaned_data.items()}
        return {
            "note": str(clean.get("note") or clean.get("text") or ""),
            "reply": self.reply.composed() if self.reply else "",
        }

    def do(self, by: casework.By) -> Case:
        """Ask the domain. Raises RongheError."""
        return DOERS[self.name][1](self, by)

    @property
    def entry(self) -> str:
        """The kind of ledger entry that tells it was done."""
        return DOERS[self.name][0]


@dataclass
class StepOffer:
    """An open step that the reader may do: the one main act, the quiet others, and what may be done with its clock."""

    acts: StepActs
    main: ActForm
    others: list[ActForm]
    aside: list[ActForm]


def offers_of(
    page: CasePage, sent: Any = None, kept: Any = None, files: Any = None
) -> tuple[list[StepOffer], list[ActForm]]:
    """The forms of the page: those of each step, and those of the case as a whole.

    `sent`: (name, step, outcome, POST) of the form that was sent, with its `files`; `kept`: the same with initial values.
    """
    build = _Builder(page, sent, kept, files)
    offers = []
    for acts in page.acts.steps:
        forms = [build.step(acts, choice) for choice in acts.choices]
        if page.case.responsible_id is None:
            forms.sort(key=lambda form: form.outcome != "transfer")
        offers.append(StepOffer(acts, forms[0], forms[1:], build.aside(acts)))
    return offers, build.whole()


def find_act(offers: list[StepOffer], whole: list[ActForm], wanted: tuple[str, int, str]) -> ActForm | None:
    """The form that was sent, if the reader may still send it."""
    all_forms = [form for offer in offers for form in (offer.main, *offer.others, *offer.aside)] + whole
    return next((form for form in all_forms if (form.name, form.step, form.outcome) == wanted), None)


@dataclass
class _Builder:
    """Builds the forms; the one that was sent is bound, the one that was kept holds what was typed."""

    page: CasePage
    sent: tuple[str, int, str, Any] | None
    kept: tuple[str, int, str, Any] | None
    files: Any = None

    def _given(self, name: str, step: int = 0, outcome: str = "") -> dict[str, Any]:
        given: dict[str, Any] = {"prefix": f"{name}-{step}-{outcome}".rstrip("-")}
        if self.sent and self.sent[:3] == (name, step, outcome):
            given["data"], given["files"] = self.sent[3], self.files
        if self.kept and self.kept[:3] == (name, step, outcome):
            start = given["prefix"] + "-"
            given["initial"] = {
                key.removeprefix(start): value for key, value in self.kept[3].items() if key.startswith(start)
            }
        return given

    def step(self, acts: StepActs, choice: Choice) -> ActForm:
        page, no = self.page, acts.step.no
        given = self._given("step", no, choice.code)
        flags = {
            "unit": choice.needs_unit,
            "co-handlers": choice.needs_co_handlers,
            "reply": choice.needs_reply,
            "note": choice.needs_note,
            "lanes": choice.needs_lanes,
        }
        needs = {need for need, is_needed in flags.items() if is_needed}
        if choice.needs_unit and page.case.responsible_id is not None:
            needs.add("unit-or-triage")
        if acts.vote is not None and "data" not in given:
            given["initial"] = {**entitled_on(page, acts.vote), **given.get("initial", {})}
        last = StepForm(**given, on=page.on, needs=frozenset(needs), lanes=acts.lanes, most=acts.lanes_most)
        parts: list[PageForm] = [last]
        if choice.needs_reply:
            parts.insert(0, self._reply(acts, given))
        if acts.form is not None:
            parts.insert(
                0, self._defined(acts.form, acts.step.code, given, kept_under(page, acts.step, acts.form))
            )
        data = {"step": no} if choice.code == COUNTED else {"step": no, "outcome": choice.code}
        says = vote_words(acts.vote) if acts.vote else ""
        return ActForm("step", choice.title, page, parts, no, choice.code, data, says)

    def _reply(self, acts: StepActs, given: dict[str, Any]) -> ReplyForm:
        page, draft = self.page, acts.draft
        node = page.procedure.body.flow.step_at(tuple(acts.step.path), acts.step.code)
        words = words_for(page.case, page.now)
        return ReplyForm(**given, template=template_for(node, page.on), words=words, draft=draft)

    def _defined(
        self, form: Form, code: str, given: dict[str, Any], kept: Mapping[str, int] | None = None
    ) -> DefinedForm:
        edition = self.page.procedure.edition
        built = form_class(f"{edition.code}/{code}", edition.edition, form)
        lists = definitions.lists_of(form, self.page.on)
        references = references_of(form, self.page.on, self.page.powers)
        return built(**given, lists=lists, references=references, kept=kept)

    def _one(self, name: str, title: str, form: PageForm, step: int = 0) -> ActForm:
        return ActForm(name, title, self.page, [form], step)

    def aside(self, acts: StepActs) -> list[ActForm]:
        page, no, found = self.page, acts.step.no, []
        if acts.pauses:
            grounds = [(pause.code, _ground(pause.title, pause.max)) for pause in acts.pauses]
            asked = AskForm(**self._given("ask", no), grounds=_for_supplements(grounds))
            if page.case.identity_id is not None:
                found.append(self._one("ask", gettext("请诉求人补充"), asked, no))
            form: PageForm = PauseForm(**self._given("pause", no), grounds=grounds)
            found.append(self._one("pause", gettext("暂停计时"), form, no))
        if acts.may_extend:
            form = ExtendForm(**self._given("extend", no), most=Limit.parse(acts.extension_most))
            found.append(self._one("extend", gettext("延长期限"), form, no))
        if acts.may_ask_extension:
            form = ExtendForm(**self._given("extension", no), most=Limit.parse(acts.extension_most))
            found.append(self._one("extension", gettext("申请延期"), form, no))
        people = officers_of(acts.step, page.on)
        if len(people) > 1:
            form = AssignForm(**self._given("assign", no), people=people)
            found.append(self._one("assign", gettext("分派经办人"), form, no))
        return found

    def whole(self) -> list[ActForm]:
        """What may be done with the case as a whole, the rarer last."""
        acts = self.page.acts
        offered = [
            (acts.may_settle, "approve", gettext("同意延期"), OptionalNoteForm),
            (acts.may_settle, "refuse", gettext("不同意延期"), ReasonForm),
            (acts.may_resume, "resume", gettext("恢复计时"), ResumeForm),
            (acts.may_explain, "explain", gettext("说明情况"), ExplainForm),
            (acts.may_note, "note", gettext("记备注"), NoteForm),
            (acts.may_merge, "merge", gettext("并入另一件"), MergeForm),
            (acts.may_split, "split", gettext("从合并件中分出"), OptionalNoteForm),
            (acts.may_split_off, "split-off", gettext("拆出另一件事"), SplitOffForm),
            (acts.urge_most > 0, "urge", gettext("催办"), OptionalNoteForm),
            (acts.urge_most > 1, "supervise", gettext("督办"), ReasonForm),
            (bool(acts.closable), "close-call", gettext("提前截止揭榜"), ResumeForm),
        ]
        found = [
            self._one(name, title, kind(**self._given(name)))
            for is_offered, name, title, kind in offered
            if is_offered
        ]
        return [*found, *self._divert(), *(self._claim(call) for call in acts.calls[:1])]

    def _divert(self) -> list[ActForm]:
        """Ending or turning the whole case, where the procedure names that and this reader may."""
        procedure = self.page.procedure
        ways = [
            (way.code, way.title or str(outcome_title(way.code, procedure, "")))
            for way in casework.ways_for(self.page.case, self.page.powers)
        ]
        if not ways:
            return []
        form = DivertForm(**self._given("divert"), ways=ways)
        title = ways[0][1] if len(ways) == 1 else gettext("终止或改变办理")
        return [self._one("divert", title, form)]

    def _claim(self, call: Parallel) -> ActForm:
        given = self._given("claim")
        units = Organisation.objects.filter(pk__in=workable(self.page.powers))
        able = [unit for unit in units if may_answer(self.page.case, call, unit, self.page.on)]
        parts: list[PageForm] = [ClaimForm(**given, units=able)]
        if call.form is not None:
            parts.insert(0, self._defined(call.form, call.code, given))
        return ActForm("claim", gettext("揭榜"), self.page, parts)


def _for_supplements(grounds: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The grounds on which one waits for the requester: 补充材料 where the step has it."""
    return [ground for ground in grounds if ground[0] == SUPPLEMENT] or grounds


def _ground(title: str, most: Limit | None) -> str:
    if most is None:
        return title
    return gettext("%(title)s（最长 %(most)s）") % {"title": title, "most": most.unit.counted(most.amount)}
