"""What a form asks: its fields, read from a definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.forms.answers import Cleaned, Lists, clean_answers, typed_answers
from ronghe.core.forms.kinds import NATURES, Choice, FieldType
from ronghe.core.forms.notes import Notes
from ronghe.core.select.nesting import inside

TEXT_LENGTH = 2000
_OPTIONAL = frozenset([FieldType.CHECKS, FieldType.ROWS, FieldType.FILES, FieldType.PLACE])
_CHOOSING = frozenset([FieldType.CHOICE, FieldType.CHOICES, FieldType.CHECKS])
_SECONDS = {
    FieldType.TEXT: 20,
    FieldType.NUMBER: 10,
    FieldType.MONEY: 12,
    FieldType.DATE: 8,
    FieldType.YES_NO: 3,
    FieldType.CHOICE: 5,
    FieldType.CHOICES: 10,
    FieldType.CHECKS: 10,
    FieldType.FILES: 60,
    FieldType.PLACE: 20,
    FieldType.CONDITION: 60,
    FieldType.REFERENCE: 10,
}  # estimates: typing a few words, looking up a number, finding and attaching a file
_MEASURING = frozenset([FieldType.NUMBER, FieldType.MONEY])
_UNBOUNDED = frozenset(
    [
        FieldType.DATE,
        FieldType.YES_NO,
        FieldType.CHOICE,
        FieldType.PLACE,
        FieldType.CONDITION,
        FieldType.REFERENCE,
    ]
)
_LONG_TEXT, _LONG_SECONDS, _ROWS_EXPECTED = 1000, 90, 3


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    `kind` is the register, organisation or post a reference names (else ""). `choices` stand in the
    definition; `source` names the list they come from instead (`from`), `basis` the S-number or article
    (`source`). `max` is the longest text, the largest number, the most rows, checks or files; `each` and
    `natures` make it a quantity.
    """

    code: str
    title: str
    type: FieldType
    kind: str = ""
    choices: tuple[Choice, ...] = ()
    source: str = ""
    basis: tuple[str, ...] = ()
    required: bool = True
    max: Decimal | None = None
    unit: str = ""
    form: Form | None = None
    each: str = ""
    natures: tuple[str, ...] = ()
    help: str = ""

    @property
    def seconds(self) -> int:
        """Estimated seconds to fill it in, by type (design.md invariant 11)."""
        if self.type is FieldType.ROWS:
            return _ROWS_EXPECTED * (self.form.seconds if self.form else 0)
        if self.type is FieldType.TEXT and self.max is not None and self.max >= _LONG_TEXT:
            return _LONG_SECONDS
        return _SECONDS[self.type]

    @property
    def limit(self) -> int:
        """The longest text, or the most rows, checks or files."""
        return int(self.max) if self.max is not None else TEXT_LENGTH if self.type is FieldType.TEXT else 200


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in the order they are asked; codes are unique."""

    fields: tuple[Field, ...]

    @classmethod
    def parse(cls, raw: object) -> Form:
        """Read a list of mappings `{field, title, type, …}`.

        A field is required unless `optional: true`; checks, rows, files and place are optional unless
        `optional: false`. Raises DefinitionError `form-…` with field and cure.
        """
        return raw if isinstance(raw, Form) else cls(read_fields(raw))

    def get(self, code: str) -> Field | None:
        """The field of that code."""
        return next((field for field in self.fields if field.code == code), None)

    @property
    def seconds(self) -> int:
        """Estimated seconds to fill in the whole form."""
        return sum(field.seconds for field in self.fields)

    @property
    def titles(self) -> dict[str, str]:
        """Code to title, as `Where.missing` takes it."""
        return {field.code: field.title for field in self.fields}

    def with_files(
        self, values: Mapping[str, object], names: Mapping[str, Sequence[str]]
    ) -> dict[str, object]:
        """The answers with each file field answered by the files that are there, whatever else it was given."""
        files = {field.code: list(names.get(field.code, ())) for field in self.file_fields}
        return {**values, **files}

    @property
    def file_fields(self) -> tuple[Field, ...]:
        """The fields answered with files."""
        return tuple(field for field in self.fields if field.type is FieldType.FILES)

    def clean(self, values: Mapping[str, object], lists: Lists | None = None) -> Cleaned:
        """Clean answers given by a page, the API or a table; never raises.

        `lists` holds the live lines (`{code, title, …}`) of each list a field chooses `from`. Values come
        back JSON-safe under the field codes, without the fields left empty; errors say in Chinese what to
        do.
        """
        return clean_answers(self.fields, values, lists or {})

    def typed(self, values: Mapping[str, object]) -> dict[str, object]:
        """Turn stored answers into facts for a where: Decimal or Quantity, date, rows of facts.

        Never raises.
        """
        return typed_answers(self.fields, values)

    def names(self) -> list[tuple[str, str]]:
        """Every reference in order, for checking.

        ("list", code) or ("kind", register, organisation or post).
        """
        found = []
        for field in self.fields:
            found += [("kind", field.kind)] if field.kind else []
            found += [("list", field.source)] if field.source else []
            found += field.form.names() if field.form else []
        return found


def read_fields(raw: object) -> tuple[Field, ...]:
    """Read the list of a form; see `Form.parse`."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise DefinitionError(
            "form-shape", "表单必须是字段的列表。", (), "例如 [{field: topic, title: 类别, type: text}]。"
        )
    fields: dict[str, Field] = {}
    for number, item in enumerate(raw):
        with inside(number):
            field = _field(item)
            if field.code in fields:
                raise DefinitionError(
                    "form-twice", f"字段“{field.code}”写了两次。", ("field",), "请改一个名称。"
                )
            fields[field.code] = field
    return tuple(fields.values())


def _field(raw: object) -> Field:
    if not isinstance(raw, Mapping):
        raise DefinitionError(
            "form-shape", f"“{raw}”不是字段。", (), "请写 {field: 名称, title: 标题, type: 类型}。"
        )
    notes = Notes(raw)
    kind = notes.code("type", required=True)
    plain = kind in set(FieldType) - {FieldType.REFERENCE}
    type_ = FieldType(kind) if plain else FieldType.REFERENCE
    optional = notes.flag("optional", default=type_ in _OPTIONAL)
    rows = notes.raw("form")
    with inside("form"):
        form = None if rows is None else Form.parse(rows)
    field = Field(
        code=notes.code("field", required=True),
        title=notes.words("title", required=True),
        type=type_,
        kind="" if plain else kind,
        choices=tuple(Choice(*pair) for pair in notes.pairs("choices")),
        source=notes.code("from"),
        basis=notes.several("source"),
        required=not optional,
        max=notes.most("max"),
        unit=notes.words("unit"),
        form=form,
        each=notes.words("each"),
        natures=notes.several("natures"),
        help=notes.words("help"),
    )
    notes.done()
    _check(field)
    return field


def _check(field: Field) -> None:
    """Refuse keys that do not belong to the type, and lacking ones that do."""
    chooses, measures = field.type in _CHOOSING, field.type in _MEASURING
    if chooses and bool(field.choices) == bool(field.source):
        cure = "请写 choices: [选项, …] 或 from: 清单名称，二者取一。"
        raise DefinitionError(
            "form-choices", f"“{field.title}”要有选项，且只有一处来源。", ("choices",), cure
        )
    if not chooses and (field.choices or field.source):
        raise DefinitionError(
            "form-choices", f"“{field.title}”不是选择题，不能有选项。", ("choices",), "请删去选项。"
        )
    if (field.type is FieldType.ROWS) != (field.form is not None):
        cure = "rows 类型要写 form: […]，其他类型不写。"
        raise DefinitionError("form-rows", f"“{field.title}”的分行表单写得不对。", ("form",), cure)
    if not measures and (field.unit or field.each or field.natures):
        cure = "请把类型改为 number 或 money，或删去这些项。"
        raise DefinitionError(
            "form-unit", f"“{field.title}”不是数，不能有单位、周期或性质。", ("unit",), cure
        )
    for nature in field.natures:
        if nature not in NATURES:
            cure = f"可用：{'、'.join(NATURES)}。"
            raise DefinitionError("form-nature", f"不认识的性质“{nature}”。", ("natures",), cure)
    if field.max is not None and field.type in _UNBOUNDED:
        raise DefinitionError("form-max", f"“{field.title}”这种类型没有上限。", ("max",), "请删去 max。")
