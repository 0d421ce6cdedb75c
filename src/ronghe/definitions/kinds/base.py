"""What every kind of definition may say."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from ronghe.core.forms import Form
from ronghe.definitions.enums import Each, Kind, Nature
from ronghe.definitions.kinds.types import (
    Code,
    FormT,
    GivesT,
    MomentT,
    SelectorT,
    Title,
    WhereT,
    Words,
    refuse,
)


class Part(BaseModel):
    """A piece of a definition: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="wrap")
    @classmethod
    def _unknown_keys_with_cure(cls, raw: Any, handler: Callable[[Any], Any]) -> Any:
        if not isinstance(raw, dict | cls):
            raise refuse("not-mapping", "这里要写成“名称: 值”的样子。", f"可用：{'、'.join(cls.written())}")
        try:
            return handler(raw)
        except ValidationError as error:
            lines = [cls._told(line) for line in error.errors()]
            raise ValidationError.from_exception_data(cls.__name__, lines) from None

    @classmethod
    def _told(cls, line: Any) -> InitErrorDetails:
        kind: Any = line["type"]
        context = line.get("ctx", {})
        if kind == "extra_forbidden" and len(line["loc"]) == 1:
            known = cls.written()
            near = get_close_matches(str(line["loc"][0]), known, 1)
            cure = f"是不是“{near[0]}”？" if near else f"这里可以写：{'、'.join(known)}"
            kind = refuse("unknown-key", f"不认识“{line['loc'][0]}”。", cure)
        elif kind == "definition":
            kind = PydanticCustomError("definition", "{said}", context)
        return InitErrorDetails(type=kind, loc=line["loc"], input=line["input"], ctx=context)

    @classmethod
    def written(cls) -> list[str]:
        """The keys as they are written in a file."""
        return [field.alias or name for name, field in cls.model_fields.items()]


class Basis(Part):
    """On what a definition rests: a document, an article of it, of which edition, or the nature of the work."""

    kind: Title = ""
    document: Title = ""
    article: int | str = ""
    edition: str = ""
    url: str = ""


class QuantityKind(Part):
    """A figure that may be recorded: its unit, how often, of which natures, and who alone may write it."""

    code: Code
    title: Title
    unit: Title
    each: Each | None = None
    places: int = Field(0, ge=0, le=4)
    natures: tuple[Nature, ...] = (Nature.ACTUAL,)
    by: SelectorT | None = None
    per: Code | None = None


def _one_per(raw: object) -> object:
    return {"keys": raw} if isinstance(raw, str | list) else raw


class OnePer(Part):
    """Which keys together may occur once; `flag` warns instead of refusing, `near` looks for look-alikes."""

    keys: Words
    otherwise: str = Field("refuse", alias="or", pattern="^(refuse|flag)$")
    near: Code | None = None


OnePerT = Annotated[OnePer, BeforeValidator(_one_per)]


class Sight(Part):
    """What one role sees: everything, only some fields, or all but some; perhaps only where something holds."""

    only: Words | None = None
    hidden: Words = Field((), alias="not")
    where: WhereT | None = None


def _sight(raw: object) -> object:
    if raw == "all":
        return {}
    return {"only": raw} if isinstance(raw, list) else raw


SightT = Annotated[Sight, BeforeValidator(_sight)]


class Escalation(Part):
    """At a moment somebody is told (under a name such as 催办), or something comes into being."""

    when: MomentT
    tell: SelectorT | None = None
    name: Title = Field("", alias="as")
    gives: GivesT | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Escalation:
        if self.tell is None and self.gives is None:
            raise refuse("escalation", "到了时点却没有写要做什么。", "写 tell（告诉谁）或 gives（生成什么）")
        return self


def _escalations(raw: object) -> object:
    return [raw] if isinstance(raw, dict) else raw


def _edition(raw: object) -> object:
    if raw is not None and not isinstance(raw, str):
        raise refuse("edition", "版次要加引号，否则 3.10 会变成 3.1。", f'写成 edition: "{raw}"')
    return raw


class Definition(Part):
    """The keys any kind may use. `code` is written under the name of the kind."""

    kind: ClassVar[Kind]

    code: Code
    title: Title
    source: Words
    effective: datetime.date
    edition: Annotated[str, BeforeValidator(_edition)] = Field("", max_length=40)
    basis: Basis | None = None
    because: Words = ()
    form: FormT | None = None
    quantities: tuple[QuantityKind, ...] = ()
    one_per: OnePerT | None = None
    requires: WhereT | None = None
    gives: GivesT | None = None
    escalate: Annotated[tuple[Escalation, ...], BeforeValidator(_escalations)] = ()
    seen_by: dict[str, SightT] = {}

    @property
    def label(self) -> str:
        """The edition's name: as given, else its effective day."""
        return self.edition or self.effective.isoformat()

    def counts(self) -> dict[str, int]:
        """What `definition.published` tells about the burden and size: fields, seconds, and what a kind adds."""
        return burden(self.form)


def burden(form: Form | None) -> dict[str, int]:
    """How many fields a form asks and about how many seconds it takes."""
    return {"fields": len(form.fields), "seconds": form.seconds} if form else {"fields": 0, "seconds": 0}


def unique(codes: list[str], what: str, field: str) -> None:
    """Refuse a code written twice among siblings."""
    for index, code in enumerate(codes):
        if code in codes[:index]:
            raise refuse("twice", f"{what}“{code}”写了两次。", "各用各的代码", (field, index))
