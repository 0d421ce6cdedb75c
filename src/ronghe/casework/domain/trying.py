"""What would become of a case filed now by an edition: who gets it, and by when. Nothing is written."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ronghe.casework.domain.filing import Filing, cleaned, course_for, new_case, opening_data
from ronghe.core.memory import remembering
from ronghe.core.worktime import Calendar
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation

NUMBER = "-"


@dataclass(frozen=True)
class FirstStep:
    """A step that would be open: who does it (empty: the triage desk finds somebody), and when it is due."""

    title: str
    unit: str
    due: dt.datetime | None


@dataclass(frozen=True)
class Trial:
    """Where it would go and when it would be due; `reasons`: how the day of the case itself was counted."""

    steps: tuple[FirstStep, ...]
    due: dt.datetime | None
    reason: str
    is_provisional: bool


def try_out(
    procedure: Loaded,
    values: Mapping[str, Any],
    *,
    about: Organisation | None,
    calendar: Calendar,
    at: dt.datetime,
) -> Trial:
    """File it in memory alone. Raises DomainError `invalid` with `errors` as filing does."""
    with remembering():
        filing = Filing(values=cleaned(procedure, values, timezone.localdate(at)), about=about)
        case = new_case(procedure, filing, NUMBER, at=at, submission=uuid.uuid4())
        case.opener = "system:trial"
        course = course_for(case, procedure, origin="trial").by(case.opener, at)
        course.open(**opening_data(case, procedure))
        record = course.record
        units = dict(
            Organisation.objects.filter(pk__in=[step.holder for step in record.open_steps]).values_list(
                "pk", "name"
            )
        )
        steps = tuple(
            FirstStep(course.node_of(step).title, units.get(step.holder or 0, ""), step.due)
            for step in record.open_steps
        )
    if record.clock is None:
        return Trial(steps, None, "", is_provisional=False)
    reading = record.clock.reading(calendar, at)
    return Trial(
        steps, record.due, record.clock.explain_briefly(calendar, at), is_provisional=reading.unannounced
    )
