"""What the law asks: a rule adds no step; it refuses a definition that lacks it and finds the case that skipped it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Discriminator, Field, Tag, model_validator

from ronghe.definitions.enums import Kind, Standing
from ronghe.definitions.kinds.base import Basis, Definition, Part
from ronghe.definitions.kinds.types import Code, LimitT, SelectorT, WhereT, Words, refuse


class Most(Part):
    """At most, or at least, so long."""

    most: LimitT | None = None
    least: LimitT | None = None


class Other(Part):
    """Another step, bulletin, judgement or activity that must come first or follow, perhaps standing so long."""

    step: Code | None = None
    bulletin: Code | None = None
    judgement: Code | None = None
    activity: Code | None = None
    stands: Most | None = None
    where: WhereT | None = None

    @model_validator(mode="after")
    def _one(self) -> Other:
        if sum(value is not None for value in (self.step, self.bulletin, self.judgement, self.activity)) != 1:
            raise refuse(
                "rule", "要写一个环节、公示、评判或活动。", "例如 after: {bulletin: candidate-notice}"
            )
        return self


class Extension(Part):
    """An extension the law allows: so long at most, once, approved by somebody."""

    most: LimitT
    once: bool = False
    approved: bool = False


class StepRequirement(Part):
    """What the law asks of a procedure, or of one step of it."""

    step: Code | None = None
    limit: Most | None = None
    wait: Most | None = None
    extends: Extension | None = None
    after: Other | None = None
    before: Other | None = None


Requirement = Annotated[
    Annotated[StepRequirement, Tag("<step>")] | Annotated[WhereT, Tag("<where>")],
    Discriminator(
        lambda raw: (
            "<step>" if isinstance(raw, dict) and set(raw) & set(StepRequirement.written()) else "<where>"
        )
    ),
]


class RuleDefinition(Definition):
    """规则: what a document asks of a kind of work, and whether a person confirmed that it does."""

    kind: ClassVar[Kind] = Kind.RULE
    code: Code = Field(alias="rule")
    basis: Basis
    source: Words = ()  # a rule's source is its basis
    applies_to: SelectorT
    requires: Requirement  # type: ignore[assignment]
    standing: Standing = Standing.ADVICE
