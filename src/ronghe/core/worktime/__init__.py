"""The working-time clock: quantities of time, the calendar, a clock's log, its reading and its explanation."""

from ronghe.core.worktime.announcement import Announcement, Caution, DaysOff, MakeUp, announced, cautions_of
from ronghe.core.worktime.calendar import SHANGHAI, USUAL_HOURS, Calendar, CalendarDay, OfficeHours
from ronghe.core.worktime.convention import LAW, Convention
from ronghe.core.worktime.events import ClockEvent
from ronghe.core.worktime.explanation import DayLine
from ronghe.core.worktime.log import ClockLog, due_after, latest_resume
from ronghe.core.worktime.notice import days_from_notice
from ronghe.core.worktime.pasted import Pasted, read_pasted
from ronghe.core.worktime.quantity import Limit, Unit
from ronghe.core.worktime.reading import NOT_STARTED, Light, Reading
from ronghe.core.worktime.sentence import day_words, hours_words, sentence

__all__ = [
    "LAW",
    "NOT_STARTED",
    "SHANGHAI",
    "USUAL_HOURS",
    "Announcement",
    "Calendar",
    "CalendarDay",
    "Caution",
    "ClockEvent",
    "ClockLog",
    "Convention",
    "DayLine",
    "DaysOff",
    "Light",
    "Limit",
    "MakeUp",
    "OfficeHours",
    "Pasted",
    "Reading",
    "Unit",
    "announced",
    "cautions_of",
    "day_words",
    "days_from_notice",
    "due_after",
    "hours_words",
    "latest_resume",
    "read_pasted",
    "sentence",
]
