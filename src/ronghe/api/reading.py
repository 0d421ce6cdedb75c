"""Cases as the API tells them: what the pages show, in fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from ronghe.api.auth import Asker
from ronghe.api.offering import offered
from ronghe.api.schemas import (
    CaseRow,
    CaseShown,
    FileShown,
    Requester,
    Said,
    StepShown,
    Unit,
)
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.worklist import step_title
from ronghe.definitions.queries import calendar
from ronghe.www.desk.files import files_on
from ronghe.www.desk.page import CasePage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ronghe.casework.models import Case, Step
    from ronghe.casework.queries.attachments import CaseFile
    from ronghe.organisations.models import Organisation


SAME: tuple[str, ...] = (
    *("number", "title", "procedure", "state", "result", "round", "channel", "source", "source_number"),
    *("opened_at", "accepted_at", "due", "closed_at", "revision"),
)
JOINED = ("edition__title", "responsible__code", "responsible__name", "about__code", "about__name")
COLUMNS = (*SAME, *JOINED, "paused_at")


def rows_of(found: Iterable[Any], asker: Asker) -> list[CaseRow]:
    """Rows with `COLUMNS`, as a list tells them: no whole case is read for it."""
    lights = lights_at(asker.now, calendar())
    return [
        CaseRow.model_construct(
            **_same(row, str(lights.light(row, row.due))),
            procedure_title=row.edition__title,
            unit=_unit(row.responsible__code, row.responsible__name),
            enterprise=_unit(row.about__code, row.about__name),
        )
        for row in found
    ]


def _same(case: Any, light: str) -> dict[str, Any]:
    """What a row and the case itself tell alike."""
    told = {name: getattr(case, name) for name in SAME}
    return {**told, "light": light, "url": reverse("api-get-case", args=[case.number])}


def _unit(code: str | None, name: str) -> Unit | None:
    return None if code is None else Unit.model_construct(code=code, name=name)


def unit_of(unit: Organisation | None) -> Unit | None:
    """An organisation as it is named."""
    return Unit.model_construct(code=unit.code, name=unit.name) if unit else None


def shown(case: Case, asker: Asker) -> CaseShown:
    """The case as the account's page tells it."""
    page = CasePage(case, asker.account, asker.now)
    return CaseShown.model_construct(
        **_same(case, str(page.light)),
        procedure_title=case.edition.title,
        unit=unit_of(case.responsible),
        enterprise=unit_of(case.about),
        sentence=sentence_of(case, asker.now, page.calendar),
        why=page.why,
        said=[Said.model_construct(title=title, text=text) for title, text in page.said()],
        values=page.known_values,
        requester=_requester(page),
        merged_into=page.main.number if page.main else None,
        steps=[_step(step) for step in page.steps],
        files=[file_shown(case, file) for file in files_on(page)],
        offered=offered(page),
    )


def file_shown(case: Case, file: CaseFile, address: str = "api-get-file") -> FileShown:
    """A file under the name its reader may know."""
    return FileShown.model_construct(
        no=file.no,
        name=file.name,
        size=file.size,
        content_type=file.content_type,
        at=file.at,
        is_requesters=file.is_requesters,
        url=reverse(address, args=[case.number, file.no]),
    )


def _requester(page: CasePage) -> Requester | None:
    found = page.requester()
    if found is None:
        return None
    contact = found.contact
    return Requester.model_construct(
        name=contact.name, phone=contact.phone, is_masked=found.is_masked, says=found.says
    )


def _step(step: Step) -> StepShown:
    return StepShown.model_construct(
        no=step.no,
        code=step.code,
        title=step_title(step),
        unit=unit_of(step.holder),
        assignee=step.assignee.name if step.assignee else "",
        opened_at=step.opened_at,
        due=step.due,
        done_at=step.done_at,
        outcome=step.outcome,
    )
