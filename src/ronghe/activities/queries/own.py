"""The activities in which somebody is named, for themselves."""

from __future__ import annotations

from ronghe.activities.enums import State
from ronghe.activities.managers import ActivityQuerySet
from ronghe.activities.models import Activity


def own_activities(person_id: int) -> ActivityQuerySet:
    """What the person took part in by name, the latest first."""
    named = Activity.objects.filter(participants__person=person_id, state=State.HELD)
    return named.select_related("organisation").order_by("-begins_at", "-pk")
