"""What is done about duties: checked, reminded of, excused, and their sources confirmed."""

from ronghe.duties.domain.checking import check_all, check_due, check_units
from ronghe.duties.domain.confirming import confirm, withdraw
from ronghe.duties.domain.excusing import end_excuse, excuse
from ronghe.duties.domain.reminding import remind_due

__all__ = [
    "check_all",
    "check_due",
    "check_units",
    "confirm",
    "end_excuse",
    "excuse",
    "remind_due",
    "withdraw",
]
