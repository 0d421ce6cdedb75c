"""Who may see a panel and what it found."""

from __future__ import annotations

from ronghe.definitions.things import visible_of
from ronghe.judgements.models import Panel
from ronghe.judgements.queries.panels import may_organise
from ronghe.organisations.queries import Powers


def may_see_panel(panel: Panel, powers: Powers) -> bool:
    """Who organises it; once it is closed, whoever sat on it and whoever may see what is judged."""
    if may_organise(panel, powers):
        return True
    if panel.closed_at is None:
        return False
    sat = (
        powers.person_id is not None
        and panel.reviews.filter(judge=powers.person_id, recused_at=None).exists()
    )
    ref = (panel.subject_type, panel.subject_id)
    return sat or ref in visible_of({ref}, powers)
