"""What each form of a case's page asks of the domain, once it is valid."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.www.desk.forms import AssignForm, ClaimForm, ExtendForm, ReplyForm, StepForm
from ronghe.www.forms import DefinedForm

if TYPE_CHECKING:
    from ronghe.www.desk.acts import ActForm

Doer = Callable[["ActForm", casework.By], Case]
STEP_ACTS = ("pause", "ask", "extend", "extension", "assign")
CASE_ACTS = (
    *("resume", "note", "approve", "refuse", "explain", "merge", "split", "split-off"),
    *("urge", "supervise", "claim", "close-call", "divert"),
)
"""Acts on one step, and on the case as a whole: the words of their addresses."""


def _part(form: ActForm, kind: type) -> Any:
    return next((part for part in form.parts if isinstance(part, kind)), None)


def _clean(form: ActForm) -> dict[str, Any]:
    return form.parts[-1].cleaned_data


def _step(form: ActForm, by: casework.By) -> Case:
    said, reply, last = _part(form, DefinedForm), _part(form, ReplyForm), _part(form, StepForm)
    more: dict[str, Any] = {}
    if reply is not None:
        more = {"reply": reply.composed(), "parts": reply.parts_given, "promises": reply.promised}
    return casework.complete_step(
        form.page.case.pk,
        by,
        step=form.step,
        outcome=form.outcome,
        values=said.values if said else None,
        files=said.enclosed if said else None,
        note=last.cleaned_data.get("note", ""),
        to=last.cleaned_data.get("to"),
        co_handlers=last.co_handlers,
        chosen=last.cleaned_data.get("lanes") or (),
        **more,
    )


def _pause(form: ActForm, by: casework.By) -> Case:
    clean = _clean(form)
    return casework.pause_case(
        form.page.case.pk, by, step=form.step, ground=clean["ground"], note=clean["note"]
    )


def _ask(form: ActForm, by: casework.By) -> Case:
    clean = _clean(form)
    return casework.ask_supplement(
        form.page.case.pk, by, step=form.step, ground=clean["ground"], question=clean["note"]
    )


def _lengthen(form: ActForm, by: casework.By) -> Case:
    last = _part(form, ExtendForm)
    act = casework.extend_case if form.name == "extend" else casework.ask_extension
    clean = last.cleaned_data
    return act(
        form.page.case.pk,
        by,
        step=form.step,
        limit=last.limit,
        document=clean["document"],
        note=clean["note"],
    )


def _settle(form: ActForm, by: casework.By) -> Case:
    return casework.settle_extension(
        form.page.case.pk, by, approve=form.name == "approve", note=_clean(form)["note"]
    )


def _assign(form: ActForm, by: casework.By) -> Case:
    last = _part(form, AssignForm)
    person = last.people[last.cleaned_data["person"]]
    return casework.assign_step(form.page.case.pk, by, step=form.step, person=person)


def _resume(form: ActForm, by: casework.By) -> Case:
    return casework.resume_case(form.page.case.pk, by)


def _note(form: ActForm, by: casework.By) -> Case:
    return casework.add_note(form.page.case.pk, by, text=_clean(form)["text"])


def _explain(form: ActForm, by: casework.By) -> Case:
    return casework.explain_case(form.page.case.pk, by, text=_clean(form)["text"])


def _merge(form: ActForm, by: casework.By) -> Case:
    clean = _clean(form)
    return casework.merge_case(form.page.case.pk, by, into=clean["into"], note=clean["note"])


def _split(form: ActForm, by: casework.By) -> Case:
    return casework.split_case(form.page.case.pk, by, note=_clean(form)["note"])


def _split_off(form: ActForm, by: casework.By) -> Case:
    case = form.page.case
    casework.split_off(case.pk, by, values={"detail": _clean(form)["detail"]})
    return Case.objects.get(pk=case.pk)


def _urge(form: ActForm, by: casework.By) -> Case:
    level = 2 if form.name == "supervise" else 1
    return casework.urge_case(form.page.case.pk, by, level=level, note=_clean(form)["note"])


def _claim(form: ActForm, by: casework.By) -> Case:
    said, last = _part(form, DefinedForm), _part(form, ClaimForm)
    return casework.claim_lane(
        form.page.case.pk,
        by,
        parallel=form.page.acts.calls[0].code,
        organisation=last.units[last.cleaned_data["unit"]],
        values=said.values if said else None,
        files=said.enclosed if said else None,
    )


def _divert(form: ActForm, by: casework.By) -> Case:
    clean = _clean(form)
    return casework.divert_case(form.page.case.pk, by, outcome=clean["way"], note=clean["note"])


def _close_call(form: ActForm, by: casework.By) -> Case:
    return casework.close_call(form.page.case.pk, by, parallel=form.page.acts.closable[0].code)


DOERS: dict[str, tuple[str, Doer]] = {
    "step": ("step.done", _step),
    "pause": ("case.paused", _pause),
    "ask": ("case.paused", _ask),
    "extend": ("case.extended", _lengthen),
    "extension": ("case.extension-asked", _lengthen),
    "assign": ("step.assigned", _assign),
    "approve": ("case.extended", _settle),
    "refuse": ("case.extension-refused", _settle),
    "resume": ("case.resumed", _resume),
    "note": ("case.noted", _note),
    "explain": ("case.explained", _explain),
    "merge": ("case.merged", _merge),
    "split": ("case.split", _split),
    "split-off": ("case.gave", _split_off),
    "urge": ("case.urged", _urge),
    "supervise": ("case.urged", _urge),
    "claim": ("lane.opened", _claim),
    "close-call": ("call.closed", _close_call),
    "divert": ("case.diverted", _divert),
}
"""Act → the ledger entry that tells it was done, and how it is done."""
