"""The states of a case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """Where a case stands; what has been done inside `open` is told by its steps."""

    OPEN = "open", _("办理中")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")


# Which states may follow which; the fold in `domain.fold` is the only place that moves a case.
TRANSITIONS: dict[str, frozenset[str]] = {
    CaseState.OPEN: frozenset({CaseState.CLOSED, CaseState.WITHDRAWN}),
    CaseState.CLOSED: frozenset({CaseState.OPEN}),
    CaseState.WITHDRAWN: frozenset(),
}
