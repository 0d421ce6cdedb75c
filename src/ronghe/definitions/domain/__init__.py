"""What may be done to definitions: load and freeze editions, publish a year's holidays, sign what was uploaded."""

from ronghe.definitions.domain.calendars import (
    calendar_with,
    note_pass,
    oldest_pending,
    pending_rederivation,
    publish_notice,
)
from ronghe.definitions.domain.hours import (
    hours_from,
    note_hours_pass,
    pending_hours,
    pending_since,
    publish_hours,
)
from ronghe.definitions.domain.lines import add_line, change_line, end_line
from ronghe.definitions.domain.loading import (
    LoadReport,
    Packed,
    check_packs,
    check_path,
    freeze,
    known_since,
    load_packs,
)
from ronghe.definitions.domain.signing import Examined, drop, examine, propose, sign

__all__ = [
    "Examined",
    "LoadReport",
    "Packed",
    "add_line",
    "calendar_with",
    "change_line",
    "check_packs",
    "check_path",
    "drop",
    "end_line",
    "examine",
    "freeze",
    "hours_from",
    "known_since",
    "load_packs",
    "note_hours_pass",
    "note_pass",
    "oldest_pending",
    "pending_hours",
    "pending_rederivation",
    "pending_since",
    "propose",
    "publish_hours",
    "publish_notice",
    "sign",
]
