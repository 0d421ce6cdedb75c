"""What there is: list, organisation, post, relationship, register."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from ronghe.definitions.enums import Kind, Power, Tree
from ronghe.definitions.kinds.base import Definition, Part, unique
from ronghe.definitions.kinds.types import Code, Codes, LengthT, SelectorT, Title, refuse


def _line(raw: object) -> object:
    return {"code": raw, "title": raw} if isinstance(raw, str) else raw


class Line(Part):
    """One line of a list; beside code and title it carries the facts its list's form names."""

    model_config = ConfigDict(extra="allow", frozen=True, arbitrary_types_allowed=True)

    code: Title
    title: Title

    @property
    def facts(self) -> dict[str, Any]:
        """The line's own facts: routing, points, a due day."""
        return dict(self.model_extra or {})

    def as_dict(self) -> dict[str, Any]:
        """The line as forms and facts read it: code, title and facts in one mapping."""
        return {"code": self.code, "title": self.title, **self.facts}


class ListDefinition(Definition):
    """清单: lines with facts; `lines: []` is filled by the city on a page."""

    kind: ClassVar[Kind] = Kind.LIST
    code: Code = Field(alias="list")
    by: SelectorT | None = None
    lines: tuple[Annotated[Line, BeforeValidator(_line)], ...] = ()

    @property
    def is_filled_here(self) -> bool:
        """Whether the city fills it on a page."""
        return not self.lines

    @model_validator(mode="after")
    def _facts_are_known(self) -> ListDefinition:
        unique([line.code for line in self.lines], "清单项", "lines")
        known = [field.code for field in self.form.fields] if self.form else []
        for index, line in enumerate(self.lines):
            for name in line.facts:
                if name not in known:
                    raise refuse(
                        "unknown-key",
                        f"清单项“{line.title}”里不认识“{name}”。",
                        f"先在 form 里写这一列，已有：{'、'.join(known) or '无'}",
                        ("lines", index, name),
                    )
        return self

    def counts(self) -> dict[str, int]:
        """Adds the number of lines."""
        return {**super().counts(), "lines": len(self.lines)}


class OrganisationDefinition(Definition):
    """A kind of organisation: its tree, the posts it usually has, what is kept about it, its life.

    With `on_loan` whoever is on its roll stays a member of their home branch.
    """

    kind: ClassVar[Kind] = Kind.ORGANISATION
    code: Code = Field(alias="organisation")
    tree: Tree = Tree.GOVERNMENT
    seats: Codes = ()
    life: Code | None = None
    term: LengthT | None = None
    on_loan: bool = False

    @model_validator(mode="after")
    def _only_the_party_lends(self) -> OrganisationDefinition:
        if self.on_loan and self.tree is not Tree.PARTY:
            raise refuse(
                "on-loan",
                "只有党组织才谈得上党员另有所属支部。",
                "写 tree: party，或删去 on_loan",
                ("on_loan",),
            )
        return self


class PostDefinition(Definition):
    """A kind of post: where it stands, who may hold it, for how long, and what holding it allows.

    With `roll` its holders are a file (名册), read only by those who may `roll`, and by each person of themselves.
    """

    kind: ClassVar[Kind] = Kind.POST
    code: Code = Field(alias="post")
    in_: Codes = Field((), alias="in")
    held_by: Code = "person"
    term: LengthT | None = None
    may: tuple[Power, ...] = ()
    roll: bool = False


class RelationshipDefinition(Definition):
    """A dated edge between two of: organisation, post, entry; a person only by consent. `mutual` has no direction."""

    kind: ClassVar[Kind] = Kind.RELATIONSHIP
    code: Code = Field(alias="relationship")
    from_: Codes = Field(alias="from", min_length=1)
    to: Codes = Field(min_length=1)
    mutual: bool = False
    life: Code | None = None

    @model_validator(mode="after")
    def _one_per_is_an_end(self) -> RelationshipDefinition:
        for key in self.one_per.keys if self.one_per else ():
            if key not in ("from", "to"):
                raise refuse(
                    "one-per",
                    f"关系的 one_per 里不认识“{key}”。",
                    "写 [from]、[to] 或 [from, to]",
                    ("one_per",),
                )
        return self


class RegisterDefinition(Definition):
    """A register of dated entries; with a `life` its open step is the stage."""

    kind: ClassVar[Kind] = Kind.REGISTER
    code: Code = Field(alias="register")
    life: Code | None = None
    fresh_for: LengthT | None = None
    by: SelectorT | None = None
