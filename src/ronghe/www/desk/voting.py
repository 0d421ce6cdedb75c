"""The vote of a step as its page tells it: what must hold, and what the roll knows already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from ronghe.casework.domain.voting import known_entitled
from ronghe.core.votes import Base

if TYPE_CHECKING:
    from fractions import Fraction

    from ronghe.core.procedure.voting import Vote
    from ronghe.core.votes import Share
    from ronghe.www.desk.page import CasePage


def vote_words(vote: Vote) -> str:
    """The rule in words, and that nobody is asked how anybody voted."""
    told = []
    if vote.rule.quorum is not None:
        told.append(gettext("到会的%(share)s才能表决。") % {"share": share_words(vote.rule.quorum)})
    if vote.rule.passes is not None:
        base = (
            gettext("应到会有表决权的人数")
            if vote.rule.passes.base is Base.ENTITLED
            else gettext("实到会有表决权的人数")
        )
        said = gettext("赞成票%(share)s才算通过，按%(base)s算；弃权和没有投的不算赞成。")
        told.append(said % {"share": share_words(vote.rule.passes.share), "base": base})
    if vote.rule.passes is not None:
        told.append(gettext("只填票数，不记谁投了什么票。"))
    return "".join(told)


def share_words(share: Share) -> str:
    """超过半数; 不少于 4/5."""
    part: Fraction = share.part
    words = {"part": f"{part.numerator}/{part.denominator}"}
    if share.more:
        return gettext("超过半数") if part * 2 == 1 else gettext("超过 %(part)s") % words
    return gettext("不少于 %(part)s") % words


def entitled_on(page: CasePage, vote: Vote) -> dict[str, int]:
    """How many the roll says are entitled at most, to begin with."""
    known = known_entitled(page.case, page.procedure, vote, page.on)
    return {} if known is None else {vote.code("entitled"): known}
