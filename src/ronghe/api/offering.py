"""What an account may do with a case now, and what each act asks: read from what the page offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ronghe.api.schemas import Choice, Offered, Person, Said, StepOffered, Unit
from ronghe.casework.queries.acts import Acts, Choice as Way, StepActs, officers_of
from ronghe.casework.queries.templates import template_for
from ronghe.core.forms import Choice as Option
from ronghe.definitions import queries as definitions

if TYPE_CHECKING:
    import datetime as dt

    from ronghe.core.forms import Field, Form
    from ronghe.www.desk.page import CasePage


def offered(page: CasePage) -> Offered:
    """The steps the account may do, and the acts beside them."""
    return Offered.model_construct(
        steps=[_step(page, step) for step in page.acts.steps], acts=sorted(acts_of(page.acts))
    )


def acts_of(acts: Acts) -> set[str]:
    """The acts on the case as a whole, by the last word of their addresses."""
    named = {
        "resume": acts.may_resume,
        "notes": acts.may_note,
        "settle-extension": acts.may_settle,
        "merge": acts.may_merge,
        "split": acts.may_split,
        "split-off": acts.may_split_off,
        "explain": acts.may_explain,
        "urge": acts.urge_most > 0,
        "supervise": acts.urge_most > 1,
        "claim": bool(acts.calls),
        "close-call": bool(acts.closable),
        "files": acts.may_note,
    }
    return {name for name, may in named.items() if may}


def _step(page: CasePage, acts: StepActs) -> StepOffered:
    node = page.procedure.body.flow.step_at(tuple(acts.step.path), acts.step.code)
    template = template_for(node, page.on)
    return StepOffered.model_construct(
        no=acts.step.no,
        code=acts.step.code,
        title=acts.title,
        choices=[
            Choice.model_construct(outcome=way.code, title=way.title, needs=_needs(way))
            for way in acts.choices
        ],
        form=form_of(acts.form, page.on),
        parts=[
            {"code": part.code, "title": part.title, "text": part.text, "required": part.required}
            for part in (template.parts if template else ())
        ],
        pauses=[Said.model_construct(title=pause.title, text=pause.code) for pause in acts.pauses],
        extension_most=acts.extension_most if acts.may_extend or acts.may_ask_extension else "",
        officers=[
            Person.model_construct(id=person.pk, name=person.name)
            for person in officers_of(acts.step, page.on)
        ],
        lanes=[
            Unit.model_construct(code=lane.holder.code, name=lane.holder.name)
            for lane in acts.lanes
            if lane.holder
        ],
    )


def _needs(way: Way) -> list[str]:
    wanted = {
        "reply": way.needs_reply,
        "note": way.needs_note,
        "to": way.needs_unit,
        "co_handlers": way.needs_co_handlers,
        "chosen": way.needs_lanes,
    }
    return [name for name, is_needed in wanted.items() if is_needed]


def form_of(form: Form | None, on: dt.date) -> list[dict[str, Any]]:
    """The fields of a form, with the options of the day."""
    lists = definitions.lists_of(form, on)
    return [_field(field, lists) for field in (form.fields if form else ())]


def _field(field: Field, lists: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": field.code,
        "title": field.title,
        "type": field.type.value,
        "required": field.required,
        "max": field.limit,
        "unit": field.unit,
        "help": field.help,
    }
    options = [*field.choices, *lists.get(field.source, ())]
    if options:
        said["options"] = [_option(one) for one in options]
    if field.form is not None:
        said["form"] = [_field(inner, lists) for inner in field.form.fields]
    return said


def _option(one: Option | dict[str, Any]) -> dict[str, str]:
    if isinstance(one, Option):
        return {"code": one.code, "title": one.title}
    return {"code": str(one["code"]), "title": str(one["title"])}
