"""A step at which a sitting votes: which counts it asks, and which of its outcomes they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.forms import Field, FieldType
from ronghe.core.procedure.plain import check_keys, read, read_code, read_mapping, read_sequence
from ronghe.core.select import Path
from ronghe.core.select.nesting import inside
from ronghe.core.votes import Counts, Passing, Share, VoteRule

COUNTED = "counted"
"""What a person chooses who leaves the outcome to the votes."""
KEYS = ("roll", "quorum", "passes", "written", "passed", "failed", "each", "source")
_TITLES = {
    "entitled": ("应到会有表决权的人数", "人"),
    "present": ("实到会有表决权的人数", "人"),
    "written": ("会前正式提出书面意见的人数", "人"),
    "in_favour": ("赞成", "票"),
    "against": ("反对", "票"),
    "abstained": ("弃权", "票"),
}
_MAY_BE_NONE = frozenset({"written", "abstained"})
_MOST_PEOPLE = Decimal(100_000)


@dataclass(frozen=True)
class Vote:
    """The vote of a step. `roll` leads to the unit whose roll holds everybody entitled; `passed` and `failed` name outcomes.

    `written`: written opinions of those away count. `each`: a field of rows and its column with the votes of each row.
    """

    step: str
    rule: VoteRule
    passed: tuple[str, ...]
    failed: tuple[str, ...] = ()
    roll: Path | None = None
    written: bool = False
    each: tuple[str, str] | None = None
    source: tuple[str, ...] = field(default=())

    @property
    def asked(self) -> tuple[str, ...]:
        """The counts it asks for, by their names in `Counts`."""
        there = ("entitled", "present", *(("written",) if self.written else ()))
        votes = ("in_favour", "against", "abstained") if self.rule.passes and self.each is None else ()
        return (*there, *votes)

    @property
    def decides(self) -> bool:
        """Whether the votes alone say which outcome it is."""
        return (
            self.each is None and self.rule.passes is not None and len(self.passed) == len(self.failed) == 1
        )

    def code(self, name: str) -> str:
        """The code of the field that asks for a count."""
        return f"{self.step}-{name.replace('_', '-')}"

    def fields(self) -> tuple[Field, ...]:
        """What is asked: counts only, never who voted how."""
        return tuple(self._field(name, *_TITLES[name]) for name in self.asked)

    def _field(self, name: str, title: str, unit: str) -> Field:
        return Field(
            self.code(name),
            title,
            FieldType.NUMBER,
            basis=self.source,
            required=name not in _MAY_BE_NONE,
            max=_MOST_PEOPLE,
            unit=unit,
        )

    def _text(self, name: str, said: Mapping[str, object]) -> str:
        return str(said.get(self.code(name)) or ("0" if name in _MAY_BE_NONE else ""))

    def counts(self, said: Mapping[str, object]) -> tuple[Counts | None, dict[str, str]]:
        """The counts given, and by field what cannot be so; no counts where one is no whole number."""
        texts = {name: self._text(name, said) for name in self.asked}
        faults = {self.code(name): "请填写整数。" for name, text in texts.items() if not text.isdigit()}
        if faults:
            return None, faults
        counts = Counts(**{name: int(text) for name, text in texts.items()})
        return counts, {self.code(name): fault for name, fault in counts.faults().items()}


def parse_vote(raw: object, step: str) -> Vote:
    """Read `{quorum: more than 1/2, passes: more than 1/2 of entitled, passed: pass, failed: fail, …}`."""
    values = read_mapping(raw, "表决")
    check_keys(values, KEYS, "表决")
    quorum, passes = read(values, "quorum", Share.parse), read(values, "passes", Passing.parse)
    if quorum is None and passes is None:
        raise DefinitionError(
            "vote-without-rule", "表决没有写到会多少、赞成多少才行。", (), "加上 quorum 或 passes。"
        )
    each = read(values, "each", _column)
    vote = Vote(
        step=step,
        rule=VoteRule(quorum, passes),
        passed=read(values, "passed", _codes) or (),
        failed=read(values, "failed", _codes) or (),
        roll=read(values, "roll", Path.parse),
        written=read(values, "written", _flag) or False,
        each=each,
        source=read(values, "source", _words) or (),
    )
    if not vote.passed or (passes is not None and each is None and not vote.failed):
        raise DefinitionError(
            "vote-outcomes",
            "表决要写明通过和不通过各是哪一种结果。",
            (),
            "加上 passed: pass 和 failed: fail。",
        )
    return vote


def check_outcomes(vote: Vote, outcomes: Mapping[str, object]) -> None:
    """Raise where the vote names an outcome the step has not."""
    for key, codes in (("passed", vote.passed), ("failed", vote.failed)):
        for code in codes:
            if code not in outcomes:
                with inside("vote"):
                    raise DefinitionError(
                        "vote-outcomes",
                        f"这个环节没有结果“{code}”。",
                        (key,),
                        f"可用：{'、'.join(outcomes)}。",
                    )


def _codes(raw: object) -> tuple[str, ...]:
    return tuple(read_code(one) for one in (raw if isinstance(raw, list) else [raw]))


def _words(raw: object) -> tuple[str, ...]:
    return tuple(str(one) for one in (read_sequence(raw, "出处") if isinstance(raw, list) else [raw]))


def _column(raw: object) -> tuple[str, str]:
    parts = Path.parse(raw).parts
    if len(parts) != 2:
        raise DefinitionError("vote-each", f"“{raw}”不是行里的一列。", (), "例如 committee.votes。")
    return parts[0], parts[1]


def _flag(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise DefinitionError("not-truth", f"这里要写 true 或 false，而不是“{raw}”。")
