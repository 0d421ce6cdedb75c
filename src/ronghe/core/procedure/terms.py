"""What a step may carry besides its doer: limits, pauses, extensions, what it runs, how many it chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ronghe.core.errors import DefinitionError
from ronghe.core.procedure.flow import Extends, Limits, Most, OnePer, Pause, Runs
from ronghe.core.procedure.plain import (
    check_keys,
    read,
    read_code,
    read_each,
    read_mapping,
    read_sequence,
    read_text,
)
from ronghe.core.select import Path, Selector
from ronghe.core.select.nesting import inside
from ronghe.core.worktime import Limit

RUN_KINDS = ("procedure", "judgement", "bulletin", "activity")


def parse_limit(raw: object) -> Limit | Path | Limits:
    """Read a limit: `5 工作日`, a path such as `about.limit`, or `{legal: …, promised: …}` of such."""
    if not isinstance(raw, Mapping):
        return parse_term(raw)
    check_keys(raw, ("legal", "promised"), "时限")
    if not raw:
        raise DefinitionError(
            "limit-empty", "时限里什么也没有写。", (), "请写 legal（法定）或 promised（承诺）。"
        )
    return Limits(legal=read(raw, "legal", parse_term), promised=read(raw, "promised", parse_term))


def parse_runs(raw: object) -> Runs:
    """Read `{judgement: entry-score}`."""
    values = read_mapping(raw, "runs")
    check_keys(values, RUN_KINDS, "runs")
    if len(values) != 1:
        raise DefinitionError("runs-one", "runs 只运行一样东西。", (), "例如 {judgement: entry-score}。")
    [kind] = map(str, values)
    with inside(kind):
        return Runs(kind, read_code(values[kind]))


def parse_pauses(raw: object) -> dict[str, Pause]:
    """Read `{supplement: {title: 补充材料, max: 5 工作日}}`."""
    return read_each(raw, "暂停", _pause)


def _pause(code: str, raw: object) -> Pause:
    values = read_mapping(raw, f"暂停“{code}”")
    check_keys(values, ("title", "max"), f"暂停“{code}”")
    return Pause(code, read(values, "title", read_text) or code, read(values, "max", Limit.parse))


def parse_extends(raw: object) -> Extends:
    """Read `{max: 5 工作日, once: true, approved_by: head}`."""
    values = read_mapping(raw, "延期")
    check_keys(values, ("max", "once", "approved_by"), "延期")
    most = read(values, "max", Limit.parse)
    if most is None:
        raise DefinitionError(
            "extension-without-max", "延期没有写最多延多久。", (), "例如 {max: 5 工作日, once: true}。"
        )
    return Extends(most, bool(read(values, "once", _truth)), read(values, "approved_by", Selector.parse))


def parse_most(raw: object) -> tuple[Most, ...]:
    """Read `100`, or `{10: track}`: ten of each track (a count out of JSON is text)."""
    if not isinstance(raw, Mapping) or not raw:
        return (Most(_count(raw)),)
    return tuple(Most(_count(count), read(raw, count, Path.parse)) for count in raw)


def parse_one_per(raw: object) -> OnePer:
    """Read `[lane, track]`, or `{keys: [lane, track], near: story, or: flag}`."""
    if not isinstance(raw, Mapping):
        return OnePer(_keys(raw))
    check_keys(raw, ("keys", "near", "or"), "唯一约束")
    keys = read(raw, "keys", _keys)
    if keys is None:
        raise DefinitionError(
            "one-per-without-keys", "唯一约束没有写按哪些字段算重复。", (), "例如 {keys: [lane, track]}。"
        )
    return OnePer(keys, read(raw, "near", Path.parse), bool(read(raw, "or", _flag)))


def parse_term(raw: object) -> Limit | Path:
    """Read a quantity of time, which starts with a digit, or a path to one."""
    return Limit.parse(raw) if re.match(r"\s*\d", str(raw)) else Path.parse(raw)


def _keys(raw: object) -> tuple[Path, ...]:
    return tuple(Path.parse(key) for key in read_sequence(raw, "唯一约束的字段"))


def _flag(raw: object) -> bool:
    if raw == "flag":
        return True
    raise DefinitionError(
        "one-per-or", f"唯一约束的 or 不认识“{raw}”。", (), "只能写 flag（提醒而不拒绝）；要拒绝就不写 or。"
    )


def _truth(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise DefinitionError("not-truth", f"这里要写 true 或 false，而不是“{raw}”。")


def _count(raw: object) -> int:
    if not isinstance(raw, bool) and re.fullmatch(r"[1-9]\d*", str(raw)):
        return int(str(raw))
    raise DefinitionError(
        "not-count",
        f"名额要写大于零的整数，而不是“{raw}”。",
        (),
        "例如 100，或 {10: track}（每个类别 10 个）。",
    )
