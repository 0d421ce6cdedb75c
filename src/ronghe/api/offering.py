"""What an account may do with a case now, and what each act asks: read from what the page offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ronghe.api.schemas import Choice, Offered, Said, StepOffered
from ronghe.casework.queries.acts import Choice as Way, StepActs
from ronghe.casework.queries.templates import template_for
from ronghe.core.forms import Choice as Option
from ronghe.definitions import queries as definitions

if TYPE_CHECKING:
    import datetime as dt

    from ronghe.core.forms import Field, Form
    from ronghe.www.desk.page import CasePage


def offered(page: CasePage) -> Offered:
    """The steps the account may do, and the acts beside them."""
    acts = page.acts
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
    return Offered.model_construct(
        steps=[_step(page, step) for step in acts.steps], acts=[name for name, may in named.items() if may]
    )


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
        extension_most=acts.extension_most,
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
