"""What may be done to definitions: load and freeze editions, publish a year's holidays, sign what was uploaded."""

from ronghe.definitions.domain.calendars import calendar_with, note_pass, pending_rederivation, publish_notice
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
    "known_since",
    "load_packs",
    "note_pass",
    "pending_rederivation",
    "propose",
    "publish_notice",
    "sign",
]
