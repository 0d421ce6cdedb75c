"""What casework does. Other rooms and the faces call these functions and nothing else of the room."""

from ronghe.casework.domain.acts import (
    By,
    add_note,
    assign_step,
    check_closed,
    complete_step,
    extend_case,
    pause_case,
    reopen_case,
    resume_case,
    resume_expired,
    withdraw_case,
)
from ronghe.casework.domain.attachments import attach
from ronghe.casework.domain.bulk import Bulk, Life, life_data
from ronghe.casework.domain.filing import Filing, Opened, open_case
from ronghe.casework.domain.reconcile import reconcile
from ronghe.casework.queries.finding import follow_code_of

__all__ = [
    "Bulk",
    "By",
    "Filing",
    "Life",
    "Opened",
    "add_note",
    "assign_step",
    "attach",
    "check_closed",
    "complete_step",
    "extend_case",
    "follow_code_of",
    "life_data",
    "open_case",
    "pause_case",
    "reconcile",
    "reopen_case",
    "resume_case",
    "resume_expired",
    "withdraw_case",
]
