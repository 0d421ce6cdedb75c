"""What activities do. Other rooms and the faces call these functions and nothing else of the room."""

from ronghe.activities.domain.following import follow_up, openings
from ronghe.activities.domain.photos import add_photo, remove_photo
from ronghe.activities.domain.recording import cancel, change, hold, plan, record
from ronghe.activities.domain.stored import told_of
from ronghe.activities.domain.told import Settled, Told
from ronghe.activities.queries.facts import ActivityFacts, activity_facts
from ronghe.casework.domain import By

__all__ = [
    "ActivityFacts",
    "By",
    "Settled",
    "Told",
    "activity_facts",
    "add_photo",
    "cancel",
    "change",
    "follow_up",
    "hold",
    "openings",
    "plan",
    "record",
    "remove_photo",
    "told_of",
]
