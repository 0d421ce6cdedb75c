"""Giving judgements: ratings asked and given, spot checks drawn and given, doubts and appeals decided."""

from ronghe.judgements.domain.asking import ask_due
from ronghe.judgements.domain.asking_reviews import ask_reviews
from ronghe.judgements.domain.checking import give_check
from ronghe.judgements.domain.drawing import draw_due
from ronghe.judgements.domain.erasing import erase_judgements
from ronghe.judgements.domain.panelling import close_panel, recuse
from ronghe.judgements.domain.rating import Rated, rate_case, rate_many
from ronghe.judgements.domain.reviewing import give_review, may_review
from ronghe.judgements.domain.seeing import may_see_panel
from ronghe.judgements.domain.settling import appeal_rating, settle_rating
from ronghe.judgements.domain.verdicts import Verdicts, verdict_of

__all__ = [
    "Rated",
    "Verdicts",
    "appeal_rating",
    "ask_due",
    "ask_reviews",
    "close_panel",
    "draw_due",
    "erase_judgements",
    "give_check",
    "give_review",
    "may_review",
    "may_see_panel",
    "rate_case",
    "rate_many",
    "recuse",
    "settle_rating",
    "verdict_of",
]
