"""What is counted and shown: indicator and scheme. Validated now; run by the appraisal room."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from ronghe.definitions.enums import Each, Kind
from ronghe.definitions.kinds.base import Definition, Part
from ronghe.definitions.kinds.types import (
    Code,
    Codes,
    FormulaT,
    GivesT,
    RoundingT,
    Title,
    WhereT,
    WindowT,
    parsed,
    refuse,
)

VERBS = ("count", "sum", "mean", "distinct", "live", "last", "share", "among")
_ENTRY_KIND = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*")


class That(Part):
    """Of a cohort: those that are still live in a relationship or post."""

    live: Code


class Measure(Part):
    """One figure in a window: exactly one verb, what it reads, and where."""

    count: str | None = None
    sum: str | None = None
    mean: FormulaT | None = None
    distinct: str | None = None
    live: Code | None = None
    last: Code | None = None
    share: Code | None = None
    among: Code | None = None
    that: Annotated[
        Annotated[That, Tag("<live>")] | Annotated[str | None, Tag("<entry>")],
        Discriminator(lambda raw: "<live>" if isinstance(raw, dict | That) else "<entry>"),
    ] = None
    of: str | None = None
    per: Code | None = None
    where: WhereT | None = None
    window: WindowT | None = None
    says: Title = ""

    @model_validator(mode="after")
    def _one_verb(self) -> Measure:
        verbs = [verb for verb in VERBS if getattr(self, verb) is not None]
        if len(verbs) != 1 and verbs != ["mean", "live"]:
            raise refuse("measure", "一个指标项只能写一种算法。", f"写 {'、'.join(VERBS)} 之一")
        if (self.among is None) != (self.that is None):
            raise refuse("measure", "among 和 that 要一起写。", "例如 {among: raised, that: case.closed}")
        for event in (self.count, self.distinct, self.that):
            if isinstance(event, str) and not _ENTRY_KIND.fullmatch(event):
                raise refuse(
                    "entry-kind", f"“{event}”不是记录的种类。", "例如 case.opened、case.closed、activity.held"
                )
        return self

    @property
    def verb(self) -> str:
        """The verb this measure uses; `mean` may go with `live` (the mean over what is live)."""
        return next(verb for verb in ("mean", *VERBS) if getattr(self, verb) is not None)


def _decimal(raw: object) -> Decimal:
    try:
        return Decimal(str(raw))
    except InvalidOperation as error:
        raise refuse("number", f"“{raw}”不是数。", "写一个数") from error


Number = Annotated[Decimal, BeforeValidator(_decimal)]


def _point(raw: object) -> tuple[Decimal, Decimal]:
    if not isinstance(raw, dict) or len(raw) != 1:
        raise refuse("curve", "折线上的一点要写成 {数值: 得分}。", "例如 from: {80: 0}")
    ((value, points),) = raw.items()
    return _decimal(value), _decimal(points)


PointT = Annotated[tuple[Decimal, Decimal], parsed(_point)]


class Curve(Part):
    """How a value becomes points: on a line from one point to another, in steps, or so much for each."""

    curve: Literal["linear", "steps", "each", "pass"]
    from_: PointT | None = Field(None, alias="from")
    to: PointT | None = None
    steps: dict[str, Number] = {}
    points: Number | None = None
    cap: Number | None = None

    @model_validator(mode="after")
    def _whole(self) -> Curve:
        if self.curve == "linear" and (not self.from_ or not self.to or self.from_[0] == self.to[0]):
            raise refuse("curve", "linear 要有两个不同的点。", "例如 from: {80: 0}, to: {98: 10}")
        if self.curve == "steps" and not self.steps:
            raise refuse("curve", "steps 要写每一档。", "例如 steps: {90: 5, 95: 10}")
        return self

    def score(self, value: Decimal) -> Decimal | None:
        """Points of a value on a line, held at its ends; None for the other curves, which are run elsewhere."""
        if self.curve != "linear" or not self.from_ or not self.to:
            return None
        (low, least), (high, most) = sorted((self.from_, self.to))
        held = min(max(value, low), high)
        return least + (most - least) * (held - low) / (high - low)


class Expected(Part):
    """What an example must give."""

    value: Number | None = None
    points: Number | None = None


class Example(Part):
    """A worked example, written before the code and readable by the committee."""

    given: dict[Code, Number]
    expect: Expected


class IndicatorDefinition(Definition):
    """指标: measures over the ledger and one formula; its unit is never a person."""

    kind: ClassVar[Kind] = Kind.INDICATOR
    code: Code = Field(alias="indicator")
    of: Code
    measures: dict[Code, Measure] = Field(min_length=1)
    value: FormulaT
    as_: RoundingT | None = Field(None, alias="as")
    window: WindowT | None = None
    empty: Literal["not-applicable", "zero", "pending", "missing"] = "not-applicable"
    over_tree: Literal["distinct", "sum", "own"] = "distinct"
    score: Curve | None = None
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> IndicatorDefinition:
        known = list(self.measures)
        if self.of == "person":
            raise refuse("person", "不给个人算指标。", "改为组织、岗位或台账", ("of",))
        for name in self.value.names():
            if name not in known:
                raise refuse(
                    "measure", f"算式里的“{name}”不是指标项。", f"已有：{'、'.join(known)}", ("value",)
                )
        for name, measure in self.measures.items():
            for other in (measure.among, measure.share):
                if other is not None and (other not in known or other == name):
                    raise refuse(
                        "measure",
                        f"“{other}”不是别的指标项。",
                        f"已有：{'、'.join(known)}",
                        ("measures", name),
                    )
        for index, example in enumerate(self.examples):
            self._check(example, index)
        return self

    def _check(self, example: Example, index: int) -> None:
        if missing := [name for name in self.value.names() if name not in example.given]:
            raise refuse(
                "example", f"算例没有给出“{missing[0]}”。", "每个指标项给一个数", ("examples", index, "given")
            )
        exact = self.value.value({name: Fraction(number) for name, number in example.given.items()})
        expected = example.expect
        if exact is None or self.as_ is None:
            return
        value = self.as_.apply(exact)
        if expected.value is not None and value != expected.value:
            raise refuse(
                "example",
                f"算例应得 {expected.value}，算出来是 {value}。",
                "核对算式、取数或算例",
                ("examples", index, "expect", "value"),
            )
        points = self.score.score(value) if self.score else None
        if expected.points is not None and points is not None:
            shown = round(points, -int(expected.points.as_tuple().exponent))
            if shown != expected.points:
                raise refuse(
                    "example",
                    f"算例应得 {expected.points} 分，算出来是 {shown} 分。",
                    "核对折线或算例",
                    ("examples", index, "expect", "points"),
                )

    def counts(self) -> dict[str, int]:
        """Adds the number of measures."""
        return {**super().counts(), "measures": len(self.measures)}


class Node(Part):
    """A branch of a scheme: points shared by indicators, other schemes or further branches."""

    title: Title
    points: Number
    of: tuple[
        Annotated[
            Annotated[Code, Tag("<code>")] | Annotated[Node, Tag("<node>")],
            Discriminator(lambda raw: "<node>" if isinstance(raw, dict | Node) else "<code>"),
        ],
        ...,
    ] = Field(min_length=1)

    def leaves(self) -> list[str]:
        """The codes under this branch, in order."""
        return [leaf for item in self.of for leaf in ([item] if isinstance(item, str) else item.leaves())]


class Extra(Part):
    """Points added or taken beside the tree, never more than `cap`; `runs` makes each a case."""

    of: Code | None = None
    from_: Code | None = Field(None, alias="from")
    runs: Code | None = None
    cap: Number | None = None

    @model_validator(mode="after")
    def _from_somewhere(self) -> Extra:
        if self.of is None and self.from_ is None:
            raise refuse("extra", "没有写加减分从哪里来。", "写 of 或 from")
        return self


class Periods(Part):
    """Each such period; the year is made of them."""

    each: Each
    year: Literal["mean", "sum", "last"] = "mean"


class Band(Part):
    """A part of the order: the first or last so many or such a share, at least so many points."""

    title: Title
    top: int | str | None = None
    bottom: int | str | None = None
    least: Number | None = None
    gives: GivesT | None = None


class Publish(Part):
    """How a result is shown; within-group order only, or none."""

    bulletin: Code
    rank: Literal["within-group", "none"] = "none"


class SchemeDefinition(Definition):
    """考核方案: a tree of points over indicators, with what is added, taken and given."""

    kind: ClassVar[Kind] = Kind.SCHEME
    code: Code = Field(alias="scheme")
    of: Code
    groups: Codes = ()
    periods: Periods
    tree: tuple[Node, ...] = Field(min_length=1)
    bonus: Extra | None = None
    deduct: Extra | None = None
    bands: tuple[Band, ...] = ()
    publish: Publish | None = None

    @model_validator(mode="after")
    def _never_a_person(self) -> SchemeDefinition:
        if self.of == "person":
            raise refuse("person", "不给个人打分排名。", "改为组织、岗位或台账", ("of",))
        return self

    def counts(self) -> dict[str, int]:
        """Adds the number of leaves (末端计分指标)."""
        return {**super().counts(), "leaves": sum(len(node.leaves()) for node in self.tree)}
