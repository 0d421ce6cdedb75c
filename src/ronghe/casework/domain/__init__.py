"""What casework does. Other rooms and the faces call these functions and nothing else of the room."""

from ronghe.casework.domain.acting import By, Promise
from ronghe.casework.domain.acts import (
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
from ronghe.casework.domain.calling import claim_lane, close_call, close_expired_calls
from ronghe.casework.domain.diverting import divert_case, ways_for
from ronghe.casework.domain.escalating import escalate_due
from ronghe.casework.domain.extending import ask_extension, settle_extension
from ronghe.casework.domain.filing import Filing, Opened, open_case
from ronghe.casework.domain.merging import merge_case, split_case, split_off
from ronghe.casework.domain.recalendaring import recalendar_due
from ronghe.casework.domain.reconcile import reconcile
from ronghe.casework.domain.retiming import retime_due
from ronghe.casework.domain.running import ran, waiting_until
from ronghe.casework.domain.supplementing import answer_supplement, ask_supplement
from ronghe.casework.domain.things import standing_cases
from ronghe.casework.domain.urging import explain_case, urge_case
from ronghe.casework.queries.finding import follow_code_of
from ronghe.casework.queries.links import link_token

__all__ = [
    "Bulk",
    "By",
    "Filing",
    "Life",
    "Opened",
    "Promise",
    "add_note",
    "answer_supplement",
    "ask_extension",
    "ask_supplement",
    "assign_step",
    "attach",
    "check_closed",
    "claim_lane",
    "close_call",
    "close_expired_calls",
    "complete_step",
    "divert_case",
    "escalate_due",
    "explain_case",
    "extend_case",
    "follow_code_of",
    "life_data",
    "link_token",
    "merge_case",
    "open_case",
    "pause_case",
    "ran",
    "recalendar_due",
    "reconcile",
    "reopen_case",
    "resume_case",
    "resume_expired",
    "retime_due",
    "settle_extension",
    "split_case",
    "split_off",
    "standing_cases",
    "urge_case",
    "waiting_until",
    "ways_for",
    "withdraw_case",
]
