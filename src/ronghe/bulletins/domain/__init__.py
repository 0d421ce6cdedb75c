"""What bulletins do: drafted, changed, signed by different people, issued and frozen, taken down, over."""

from ronghe.bulletins.domain.drafting import change, draft
from ronghe.bulletins.domain.ending import settle_due, withdraw
from ronghe.bulletins.domain.giving import make_bulletin
from ronghe.bulletins.domain.periodic import draft_due
from ronghe.bulletins.domain.printouts import (
    ask_pdf,
    drop_printout,
    is_due,
    make_due,
    retry_printout,
    take_printout,
)
from ronghe.bulletins.domain.signing import issue, return_, sign

__all__ = [
    "ask_pdf",
    "change",
    "draft",
    "draft_due",
    "drop_printout",
    "is_due",
    "issue",
    "make_bulletin",
    "make_due",
    "retry_printout",
    "return_",
    "settle_due",
    "sign",
    "take_printout",
    "withdraw",
]
