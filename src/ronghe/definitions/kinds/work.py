"""What is done: procedure, activity, duty, judgement, bulletin."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ronghe.core.errors import DefinitionError
from ronghe.core.procedure import Flow, lists_of, parse_flow, steps_of
from ronghe.core.worktime import Limit
from ronghe.definitions.enums import Each, Identity, Kind, Requester, Standing
from ronghe.definitions.kinds.base import Definition, Part, burden, unique
from ronghe.definitions.kinds.types import (
    CadenceT,
    Code,
    Codes,
    GivesT,
    LengthT,
    LimitsT,
    MomentT,
    Opaque,
    SelectorT,
    ShareT,
    Title,
    WhereT,
    Words,
    refuse,
)


class Lights(Part):
    """When a running clock turns yellow (`1 工作日 left`); red is always overdue."""

    yellow: MomentT | None = None
    red: MomentT | None = None

    @model_validator(mode="after")
    def _words(self) -> Lights:
        if self.yellow is not None and self.yellow.word != "left":
            raise refuse("lights", "黄灯要写还剩多久。", "例如 yellow: 1 工作日 left", ("yellow",))
        if self.red is not None and self.red.word != "red":
            raise refuse("lights", "红灯只能是超期。", "写 red: overdue", ("red",))
        return self

    @property
    def left(self) -> Limit | None:
        """How much is left when the light turns yellow; None: it never does."""
        return self.yellow.limit if self.yellow else None


class ProcedureDefinition(Definition):
    """程序: the steps of work owed to somebody by a time. `form flow limit` stay with a case, the rest is of the day."""

    kind: ClassVar[Kind] = Kind.PROCEDURE
    code: Code = Field(alias="procedure")
    number: str = Field("{code}-{year}-{seq:06}", max_length=40)
    about: Codes = ()
    identity: Identity = Identity.OPEN
    requester: Requester = Requester.STAFF
    limit: LimitsT | None = None
    limit_from: Literal["opened", "accepted"] = "opened"
    whole: dict[str, object] | None = Field(None, alias="outcomes", repr=False)
    flow: Annotated[Flow, Opaque]
    results: dict[Code, Title] = {}
    lights: Lights = Lights()

    @field_validator("flow", mode="plain")
    @classmethod
    def _flow_with_outcomes(cls, raw: object, info: ValidationInfo) -> Flow:
        """`flow` and the procedure's own `outcomes` are read together; what was written there is `flow.outcomes`."""
        try:
            return parse_flow(raw, info.data.get("whole"))
        except DefinitionError as error:
            raise refuse(error.code, error.message, error.cure, ("..", *error.field)) from error

    @field_validator("number")
    @classmethod
    def _number_can_be_made(cls, text: str) -> str:
        try:
            first, second = (text.format(code="x", year=2026, month=1, seq=seq) for seq in (1, 2))
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise refuse(
                "number", f"编号“{text}”读不懂。", "用 {year}、{month}、{seq:06}，例如 QY{year}-{seq:06}"
            ) from error
        if first == second:
            raise refuse("number", f"编号“{text}”里没有序号，会重号。", "加上 {seq}")
        return text

    @model_validator(mode="after")
    def _results_are_ends(self) -> ProcedureDefinition:
        nodes = [node for listing in lists_of(self.flow) for node in listing.flow.nodes]
        outcomes = [outcome for node in nodes for outcome in node.outcomes.values()]
        ends = {outcome.end for outcome in [*outcomes, *self.flow.outcomes.values()]}
        for code in self.results:
            if code not in ends:
                known = "、".join(sorted(end for end in ends if end))
                raise refuse(
                    "result", f"流程不会以“{code}”结束。", f"写流程里的结束结果：{known}", ("results", code)
                )
        return self

    def counts(self) -> dict[str, int]:
        """Adds steps (lanes counted once), and the fields and seconds of the forms of its steps."""
        counts = {**super().counts(), "steps": 0}
        for placed in steps_of(self.flow):
            counts["steps"] += 1
            for name, number in burden(placed.step.form).items():
                counts[name] += number
        return counts


class Quorum(Part):
    """How many of those who sit in these posts of the organisers must be there for it to be such a meeting at all."""

    share: ShareT
    of: Codes
    source: Words = ()


class ActivityDefinition(Definition):
    """活动: something that happened, recorded once, counted on every side it touches."""

    kind: ClassVar[Kind] = Kind.ACTIVITY
    code: Code = Field(alias="activity")
    by: Codes = ()
    about: Codes = ()
    with_: Codes = Field((), alias="with")
    counts_as: Codes = ()
    quorum: Quorum | None = None


def _satisfiers(raw: object) -> object:
    return [raw] if isinstance(raw, dict) else raw


Satisfiers = Annotated[tuple[SelectorT, ...], BeforeValidator(_satisfiers)]


class DutyLine(Part):
    """One line of a duty that is a 清单."""

    code: Code = Field(alias="line")
    title: Title
    every: CadenceT
    satisfied_by: Satisfiers
    holders: SelectorT | None = None
    within: LengthT | None = None
    standing: Standing | None = None


DutyLines = Annotated[
    Annotated[tuple[DutyLine, ...], Tag("<lines>")] | Annotated[Code, Tag("<name>")],
    Discriminator(lambda raw: "<name>" if isinstance(raw, str) else "<lines>"),
]


class DutyDefinition(Definition):
    """经常任务: holders × cadence × what satisfies it; a gap is computed, never reported.

    One (or a line of one) that stands as `advice` is shown, and neither counted nor pursued, until a user confirms its source.
    """

    kind: ClassVar[Kind] = Kind.DUTY
    code: Code = Field(alias="duty")
    holders: SelectorT
    every: CadenceT | None = None
    satisfied_by: Satisfiers = ()
    within: LengthT | None = None
    lines: DutyLines = ()
    standing: Standing = Standing.CONFIRMED

    @model_validator(mode="after")
    def _one_or_lines(self) -> DutyDefinition:
        if bool(self.lines) == bool(self.every):
            raise refuse("duty", "经常任务要么写 every 和 satisfied_by，要么写 lines。", "二者留一")
        if self.every and not self.satisfied_by:
            raise refuse("duty", "没有写做了什么才算完成。", "加上 satisfied_by: {activity: …}")
        if isinstance(self.lines, tuple):
            unique([line.code for line in self.lines], "任务项", "lines")
        return self


class When(Part):
    """When a judgement is asked: `at` a state or step, `after` a while, or `each` period, of all or a draw."""

    at: Code | None = None
    after: LengthT | None = None
    each: Each | None = None
    draw: int | str | None = None
    strata: Code | None = None

    @model_validator(mode="after")
    def _one_of(self) -> When:
        if sum(value is not None for value in (self.at, self.after, self.each)) != 1:
            raise refuse(
                "when",
                "评判的时点要写 at、after、each 三者之一。",
                "例如 {at: closed}、{after: 6 月}、{each: day, draw: 10 %}",
            )
        return self

    @field_validator("draw")
    @classmethod
    def _draw_is_a_share_or_a_count(cls, draw: int | str | None) -> int | str | None:
        if isinstance(draw, str):
            share = draw.removesuffix("%").strip()
            if (
                not draw.endswith("%")
                or not share.replace(".", "", 1).isdigit()
                or not 0 < float(share) <= 100
            ):
                raise refuse("draw", f"抽取多少“{draw}”读不懂。", "写个数如 1200，或比例如 10 %")
        elif draw is not None and draw < 1:
            raise refuse("draw", "至少要抽 1 件。", "写个数如 1200，或比例如 10 %")
        return draw


COMBINATIONS = ("mean", "trimmed-mean", "median", "share", "severity-adjusted")


def _combine(raw: object) -> object:
    if not isinstance(raw, dict):
        return raw
    rest = {key: value for key, value in raw.items() if key not in ("least", "hides")}
    return {"fields": rest, **{key: raw[key] for key in ("least", "hides") if key in raw}}


class Combine(Part):
    """How given judgements become one figure; fewer than `least` is not shown; who of `hides` stays unknown."""

    fields: dict[Code, str] = {}
    least: int = Field(1, ge=1)
    hides: Codes = ()

    @field_validator("fields")
    @classmethod
    def _known(cls, fields: dict[str, str]) -> dict[str, str]:
        for name, method in fields.items():
            if method not in COMBINATIONS:
                raise refuse(
                    "combine", f"不认识的汇总办法“{method}”。", f"写 {'、'.join(COMBINATIONS)}", (name,)
                )
        return fields


def _panel(raw: object) -> object:
    return {"size": raw} if isinstance(raw, int | str) else raw


class PanelOf(Part):
    """Several reviewers of each thing: so many drawn of those `by` means, or `all` of them.

    `least`: fewer given and it does not close; `recuse`: roles whose people have a stake; `strata: organisation`: from as
    many units as there are seats.
    """

    size: int | Literal["all"]
    least: int = Field(1, ge=1)
    recuse: Codes = ()
    strata: Literal["organisation"] | None = None

    @model_validator(mode="after")
    def _enough(self) -> PanelOf:
        if isinstance(self.size, int) and not 2 <= self.size <= 99:
            raise refuse("panel", "评审组要有 2 到 99 人。", "例如 panel: {size: 5, least: 3}", ("size",))
        if isinstance(self.size, int) and self.least > self.size:
            raise refuse(
                "panel",
                f"最少要 {self.least} 人评，比评审组的 {self.size} 人还多。",
                "把 least 写小",
                ("least",),
            )
        return self


class Verdict(Part):
    """What follows from a judgement that reads so."""

    where: WhereT
    gives: GivesT | None = None
    tell: SelectorT | None = None


class JudgementDefinition(Definition):
    """评判: who finds what about which, when it is asked, and what follows."""

    kind: ClassVar[Kind] = Kind.JUDGEMENT
    code: Code = Field(alias="judgement")
    judges: Annotated[
        tuple[SelectorT, ...], BeforeValidator(lambda raw: raw if isinstance(raw, list) else [raw])
    ]
    by: SelectorT
    panel: Annotated[PanelOf | None, BeforeValidator(_panel)] = None
    when: When | None = None
    within: LengthT | None = None
    combine: Annotated[Combine, BeforeValidator(_combine)] = Combine()
    hides: Codes = ()
    verdict: Annotated[
        tuple[Verdict, ...], BeforeValidator(lambda raw: [raw] if isinstance(raw, dict) else raw)
    ] = ()


class BulletinDefinition(Definition):
    """公示通报: frozen content shown from day to day, signed by different people and answerable.

    `number` is the pattern of its 文号, `template` the list of its parts, `layout` how the first page begins; a `negative`
    list must say how long it stands.
    """

    kind: ClassVar[Kind] = Kind.BULLETIN
    code: Code = Field(alias="bulletin")
    each: Each | None = None
    by: Codes = ()
    about: Codes = ()
    shows: Words = ()
    signs: Words = ()
    stands: LengthT | None = None
    answers: Code | None = None
    template: str = ""
    number: str = Field("", max_length=40)
    layout: Literal["notice", "letter", "red-head"] = "notice"
    negative: bool = False

    @field_validator("number")
    @classmethod
    def _number_can_be_given(cls, text: str) -> str:
        try:
            first, second = (text.format(unit="x", year=2026, seq=seq) for seq in (1, 2))
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise refuse(
                "number", f"文号“{text}”读不懂。", "用 {unit}、{year}、{seq}，例如 {unit}督〔{year}〕{seq}号"
            ) from error
        if text and first == second:
            raise refuse("number", f"文号“{text}”里没有序号，会重号。", "加上 {seq}")
        return text

    @model_validator(mode="after")
    def _signed_by_different_people(self) -> BulletinDefinition:
        unique(list(self.signs), "签发环节", "signs")
        if self.negative and self.stands is None:
            raise refuse(
                "stands", "负面清单要写公示到什么时候。", "加上 stands，例如 stands: 6 月", ("stands",)
            )
        return self
