"""Values of keys as pydantic types: each wraps one parser and keeps its field and cure for the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ronghe.core.errors import DefinitionError
from ronghe.core.forms import Form
from ronghe.core.procedure import Limits, parse_limit
from ronghe.core.select import Gives, Path, Selector, Where
from ronghe.core.votes import Share
from ronghe.core.worktime import Limit
from ronghe.definitions.kinds.grammar import Cadence, Formula, Moment, Rounding, Window, length


def said(error: DefinitionError) -> PydanticCustomError:
    """A core parser's error as pydantic's, with all it says."""
    return refuse(error.code, error.message, error.cure, error.field)


class _Parser:
    """Tells pydantic to call `parse` and never to look inside the type (it may be recursive)."""

    def __init__(self, parse: Callable[[Any], object]) -> None:
        self.parse = parse

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def _validate(self, raw: object) -> object:
        try:
            return self.parse(raw)
        except DefinitionError as error:
            raise said(error) from error


def parsed(parse: Callable[[Any], object]) -> _Parser:
    """A validator that calls `parse` and keeps what its `DefinitionError` says."""
    return _Parser(parse)


def refuse(code: str, message: str, cure: str = "", field: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """The error a model's own validator raises."""
    return PydanticCustomError(
        "definition", "{said}", {"said": message, "cure": cure, "field": field, "code": code}
    )


def _many(raw: object) -> object:
    return [raw] if isinstance(raw, str | dict) else raw


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$", max_length=64)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[tuple[Title, ...], BeforeValidator(_many)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_many)]

FormT = Annotated[Form, parsed(Form.parse)]
WhereT = Annotated[Where, parsed(Where.parse)]
SelectorT = Annotated[Selector, parsed(Selector.parse)]
GivesT = Annotated[Gives, parsed(Gives.parse)]
PathT = Annotated[Path, parsed(Path.parse)]
ShareT = Annotated[Share, parsed(Share.parse)]
LimitT = Annotated[Limit, parsed(Limit.parse)]
LengthT = Annotated[Limit, parsed(length)]
MomentT = Annotated[Moment, parsed(Moment.parse)]
CadenceT = Annotated[Cadence, parsed(Cadence.parse)]
WindowT = Annotated[Window, parsed(Window.parse)]
RoundingT = Annotated[Rounding, parsed(Rounding.parse)]
FormulaT = Annotated[Formula, parsed(Formula.parse)]


LimitsT = Annotated[Limit | Path | Limits, parsed(parse_limit)]
Opaque = parsed(lambda raw: raw)
