"""Votes at a sitting, in counts only: whether enough were there, and whether enough were in favour, in exact fractions.

Nobody's own vote is anywhere: a sitting says how many were entitled, there, in favour, against, abstained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from ronghe.core.errors import DefinitionError

_SHARE = re.compile(r"(?P<more>more than\s+)?(?P<top>[1-9]\d{0,3})\s*/\s*(?P<bottom>[1-9]\d{0,3})")
_PASSES = re.compile(r"(?P<share>.+?)\s+of\s+(?P<base>\S+)")


class Base(StrEnum):
    """Of whom a share of the votes is taken."""

    ENTITLED = "entitled"
    PRESENT = "present"

    @property
    def chinese(self) -> str:
        return "应到会有表决权的人数" if self is Base.ENTITLED else "实到会有表决权的人数"


@dataclass(frozen=True, slots=True)
class Share:
    """A share that must be reached, or with `more` exceeded: `4/5`, `more than 1/2`."""

    part: Fraction
    more: bool = False

    @classmethod
    def parse(cls, raw: object) -> Share:
        """Read it. Raises DefinitionError `share`."""
        found = _SHARE.fullmatch(str(raw).strip())
        part = Fraction(int(found["top"]), int(found["bottom"])) if found else Fraction(2)
        if found is None or part > 1 or (part == 1 and found["more"]):
            raise DefinitionError(
                "share", f"比例“{raw}”读不懂。", (), "写 4/5（不少于）或 more than 1/2（超过）。"
            )
        return cls(part, bool(found["more"]))

    def least(self, of: int) -> int:
        """The fewest that are enough of so many."""
        exact = self.part * of
        whole = -(-exact.numerator // exact.denominator)
        return whole + 1 if self.more and whole == exact else whole

    def is_reached(self, count: int, of: int) -> bool:
        """Whether so many are enough."""
        exact = self.part * of
        return count > exact if self.more else count >= exact

    @property
    def chinese(self) -> str:
        """超过二分之一; 不少于 4/5."""
        if self == Share(Fraction(1, 2), more=True):
            return "超过半数"
        return f"{'超过' if self.more else '不少于'} {self.part.numerator}/{self.part.denominator}"


@dataclass(frozen=True, slots=True)
class Passing:
    """What carries a proposal: a share of those entitled or of those present."""

    share: Share
    base: Base

    @classmethod
    def parse(cls, raw: object) -> Passing:
        """Read `more than 1/2 of entitled`. Raises DefinitionError `passes`, `share`."""
        found = _PASSES.fullmatch(str(raw).strip())
        if found is None or found["base"] not in tuple(Base):
            raise DefinitionError(
                "passes",
                f"通过的条件“{raw}”读不懂。",
                (),
                "写 more than 1/2 of entitled（按应到）或 … of present（按实到）。",
            )
        return cls(Share.parse(found["share"]), Base(found["base"]))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a sitting counted. `written`: how many were away and had sent a written opinion, which counts as a vote.

    Who voted neither way, or is away without a word, is in favour of nothing.
    """

    entitled: int
    present: int
    in_favour: int = 0
    against: int = 0
    abstained: int = 0
    written: int = 0

    def faults(self) -> dict[str, str]:
        """What cannot be so, by name of the count."""
        found: dict[str, str] = {}
        for name in self.__slots__:
            if getattr(self, name) < 0:
                found[name] = "要写不小于 0 的整数。"
        if self.entitled < 1:
            found["entitled"] = "应到会的人数至少是 1，请核对。"
        elif self.present > self.entitled:
            found["present"] = f"实到 {self.present} 人，多于应到的 {self.entitled} 人，请核对。"
        elif self.present + self.written > self.entitled:
            found["written"] = (
                f"实到和书面意见一共 {self.present + self.written} 人，多于应到的 {self.entitled} 人，请核对。"
            )
        cast, may = self.in_favour + self.against + self.abstained, self.present + self.written
        if not found and cast > may:
            found["in_favour"] = f"赞成、反对、弃权一共 {cast} 票，多于可以投票的 {may} 人，请核对。"
        return found


@dataclass(frozen=True, slots=True)
class VoteRule:
    """How many must be there (those with a written opinion are not), and how many in favour; either may be left open."""

    quorum: Share | None = None
    passes: Passing | None = None

    def needed_present(self, counts: Counts) -> int:
        """The fewest who must be there."""
        return self.quorum.least(counts.entitled) if self.quorum else 0

    def has_quorum(self, counts: Counts) -> bool:
        """Whether enough were there to decide anything."""
        return self.quorum is None or self.quorum.is_reached(counts.present, counts.entitled)

    def base_of(self, counts: Counts) -> int:
        """Of how many the share in favour is taken."""
        is_entitled = self.passes is not None and self.passes.base is Base.ENTITLED
        return counts.entitled if is_entitled else counts.present

    def needed_in_favour(self, counts: Counts) -> int:
        """The fewest votes in favour that carry it."""
        return self.passes.share.least(self.base_of(counts)) if self.passes else 0

    def carries(self, counts: Counts) -> bool:
        """Whether the proposal is carried; never without a quorum."""
        enough = self.passes is None or self.passes.share.is_reached(counts.in_favour, self.base_of(counts))
        return self.has_quorum(counts) and enough
