"""What bulletins do: drafted, changed, signed by different people, issued and frozen, taken down, over."""

from ronghe.bulletins.domain.drafting import change, draft
from ronghe.bulletins.domain.ending import settle_due, withdraw
from ronghe.bulletins.domain.giving import make_bulletin
from ronghe.bulletins.domain.periodic import draft_due
from ronghe.bulletins.domain.signing import issue, return_, sign

__all__ = [
    "change",
    "draft",
    "draft_due",
    "issue",
    "make_bulletin",
    "return_",
    "settle_due",
    "sign",
    "withdraw",
]
