"""A definition as the paper it comes from: its parts in plain words, from which pages are made and editions compared.

Works on the definition as written (plain data in the order of the file), so that all thirteen kinds read alike. What a code
means is asked of `Names`; a code nobody knows is not shown as if it were a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ronghe.core.votes import Passing, Share
from ronghe.definitions.enums import Kind
from ronghe.definitions.words import LABELS, OUTCOMES, ROLES, TYPES, WORDS

APART = frozenset({"title", "edition", "effective", "form", "flow", "outcomes", "results", "lines", *Kind})


@dataclass(frozen=True)
class Item:
    """One part with a name of its own (a step, a field, a line of a list) and what is said of it, in order."""

    code: str
    title: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Paper:
    """A definition in words; `groups`: what its parts are called (环节, 字段, 条目) with the parts."""

    title: str
    facts: Mapping[str, str]
    groups: Mapping[str, tuple[Item, ...]]


class Names:
    """What codes are called. `known`: (kind, code) → title of the definitions at hand."""

    def __init__(self, known: Mapping[tuple[str, str], str]) -> None:
        self.known = known
        self.by_code = {code: title for (_kind, code), title in known.items()}

    def of(self, word: object, own: Mapping[str, str] | None = None) -> str:
        """A role, a path or a code in words; `own`: the fields and steps of the definition itself."""
        text = str(word)
        if text in (own or {}):
            return (own or {})[text]
        if "." in text and not text.startswith("S-"):
            return "的".join(dict.fromkeys(self.of(part, own) for part in text.split(".")))
        return ROLES.get(text) or self.by_code.get(text) or WORDS.get(text) or _as_is(text)


def _as_is(text: str) -> str:
    """A word people wrote themselves; a bare code of nothing known is told as what it is."""
    is_code = text.isascii() and text.replace("-", "").replace("_", "").isalpha() and text.islower()
    return "另行指定" if is_code else text


def paper_of(data: Mapping[str, Any], names: Names) -> Paper:
    """The definition in words."""
    own = _own(data)
    facts = {
        label: text
        for key, label in LABELS.items()
        if key in data and key not in APART and (text := _fact(key, data[key], names, own))
    }
    groups = {
        "环节": tuple(_steps(data.get("flow"), names, own)),
        "字段": tuple(_fields(data.get("form"), names, own)) if "lines" not in data else (),
        "条目": tuple(_lines(data, names, own)),
    }
    return Paper(str(data.get("title", "")), facts, {name: items for name, items in groups.items() if items})


def _own(data: Mapping[str, Any]) -> dict[str, str]:
    """Fields, steps and results of the definition by code."""
    fields = data.get("form") if isinstance(data.get("form"), list) else []
    own = {str(one.get("field")): str(one.get("title")) for one in fields or () if isinstance(one, Mapping)}
    own |= {item["step"]: str(item.get("title", "")) for item in _every(data.get("flow")) if "step" in item}
    own |= {
        item["parallel"]: str(item.get("title", "同时进行"))
        for item in _every(data.get("flow"))
        if "parallel" in item
    }
    return own


def _every(flow: Any) -> Iterator[Mapping[str, Any]]:
    for node in flow if isinstance(flow, list) else ():
        if isinstance(node, Mapping):
            yield node
            yield from _every(node.get("flow"))
            for lane in (node.get("lanes") or {}).values() if isinstance(node.get("lanes"), Mapping) else ():
                yield from _every(lane)


def _fact(key: str, raw: Any, names: Names, own: Mapping[str, str]) -> str:
    match key, raw:
        case "basis", Mapping():
            return _basis(raw)
        case "escalate", _:
            return "；".join(
                _escalation(one, names, own) for one in (raw if isinstance(raw, list) else [raw])
            )
        case "lights", {"yellow": yellow}:
            return f"还剩 {str(yellow).replace(' left', '')}时转黄"
        case "number", _:
            return str(raw).replace("{year}", "年份").replace("{month}", "月份").split("{seq")[0] + "序号"
        case "seen_by", Mapping():
            return "；".join(
                f"{names.of(who, own)}看{_sight(sight, names, own)}" for who, sight in raw.items()
            )
        case "identity", _:
            return WORDS.get(str(raw), "")
        case _:
            return say(raw, names, own)


def _basis(raw: Mapping[str, Any]) -> str:
    """《信访工作条例》第 34 条."""
    article = f"第 {raw['article']} 条" if raw.get("article") else ""
    named = str(raw.get("document") or raw.get("kind", ""))
    return f"《{named}》{article}" if article else named


def _sight(sight: Any, names: Names, own: Mapping[str, str]) -> str:
    if isinstance(sight, Mapping) and "not" in sight:
        return f"不到{say(sight['not'], names, own)}"
    return say(sight, names, own)


def _escalation(one: Mapping[str, Any], names: Names, own: Mapping[str, str]) -> str:
    when = str(one.get("when", ""))
    moment = {"yellow": "临期", "red": "超期"}.get(when) or when.replace(" late", "超期后").replace(
        " left", "到期前"
    )
    if when.endswith(" late"):
        moment = f"超期 {when.removesuffix(' late')}"
    if when.endswith(" left"):
        moment = f"还剩 {when.removesuffix(' left')}"
    told = f"{one.get('as', '提醒')}{names.of(one['tell'], own)}" if "tell" in one else ""
    made = f"产生{say(one['gives'], names, own)}" if "gives" in one else ""
    return f"{moment}：{'，'.join(word for word in (told, made) if word)}"


def say(raw: Any, names: Names, own: Mapping[str, str] | None = None) -> str:
    """Any piece of a definition in words, as plainly as it can be told."""
    match raw:
        case bool():
            return "是" if raw else "否"
        case str() | int() | float():
            return names.of(raw, own)
        case {"filled": wanted}:
            return "要填写" if wanted else "要留空"
        case {"legal": legal, "promised": promised}:
            return f"承诺 {say(promised, names, own)}，法定 {say(legal, names, own)}"
        case Mapping():
            return "，".join(_pair(str(key), value, names, own) for key, value in raw.items())
        case Sequence():
            return "、".join(say(one, names, own) for one in raw)
    return ""


_VERBS = {
    "least": "不少于",
    "most": "不多于",
    "before": "早于",
    "after": "晚于",
    "not": "不是",
    "promised": "承诺 ",
    "legal": "法定 ",
}


def _pair(key: str, value: Any, names: Names, own: Mapping[str, str] | None) -> str:
    if key == "where":
        return f"限{say(value, names, own)}"
    if key == "state" and value == "closed":
        return "已办结"
    if key == "at" and value == "closed":
        return "办结时"
    if key in _VERBS:
        return f"{_VERBS[key]}{say(value, names, own)}"
    if key in {"procedure", "register", "post", "judgement", "bulletin", "activity", "organisation", "kind"}:
        return f"“{say(value, names, own)}”"
    label = (own or {}).get(key) or LABELS.get(key) or OUTCOMES.get(key) or names.of(key, own)
    said = say(value, names, own)
    return f"{label}{said}" if said.startswith(("要", "不")) else f"{label}：{said}"


def _steps(flow: Any, names: Names, own: Mapping[str, str], lane: str = "") -> Iterator[Item]:
    nodes = [node for node in flow if isinstance(node, Mapping)] if isinstance(flow, list) else []
    for place, node in enumerate(nodes):
        after = _title(nodes[place + 1], own) if place + 1 < len(nodes) else ""
        if "parallel" in node:
            yield Item(
                str(node["parallel"]),
                _title(node, own),
                {"各方": say(node.get("over", "同时进行"), names, own)},
            )
            yield from _steps(node.get("flow"), names, own, _title(node, own))
            for inner in (node.get("lanes") or {}).values() if isinstance(node.get("lanes"), Mapping) else ():
                yield from _steps(inner, names, own, _title(node, own))
        elif "step" in node:
            yield Item(str(node["step"]), _title(node, own), dict(_step_facts(node, names, own, after, lane)))


def _title(node: Mapping[str, Any], own: Mapping[str, str]) -> str:
    code = str(node.get("step") or node.get("parallel") or "")
    return str(node.get("title") or own.get(code) or "同时进行")


def _step_facts(
    node: Mapping[str, Any], names: Names, own: Mapping[str, str], after: str, lane: str
) -> Iterator[tuple[str, str]]:
    if lane:
        yield "属于", lane
    if "by" in node:
        by = node["by"]
        yield (
            "由谁办",
            "，没有则".join(say(one, names, own) for one in by)
            if isinstance(by, list)
            else say(by, names, own),
        )
    for key, label in (
        ("limit", "时限"),
        ("wait", "至少等"),
        ("runs", "进行"),
        ("requires", "前提"),
        ("most", "最多选"),
    ):
        if key in node:
            yield label, say(node[key], names, own)
    if isinstance(node.get("pauses"), Mapping):
        yield "可以暂停", "、".join(_pause(one, code) for code, one in node["pauses"].items())
    if isinstance(node.get("extends"), Mapping):
        yield "可以延期", _extension(node["extends"], names, own)
    if "checks" in node:
        yield "复核", f"“{names.of(node['checks'], own)}”环节，须换一个人"
    if isinstance(node.get("vote"), Mapping):
        yield "表决", _vote(node["vote"], names, own)
    for one in node.get("form") or () if isinstance(node.get("form"), list) else ():
        yield f"填写“{one.get('title', '')}”", _asked(one, names, own)
    yield "去向", _outcomes(node.get("outcomes"), names, own) or (f"→ {after}" if after else "结束")


def _pause(one: Any, code: str) -> str:
    values = one if isinstance(one, Mapping) else {}
    return f"{values.get('title', code)}" + (f"（最长 {values['max']}）" if "max" in values else "")


def _extension(raw: Mapping[str, Any], names: Names, own: Mapping[str, str]) -> str:
    words = [f"最长 {raw.get('max', '')}"]
    words += ["只限一次"] if raw.get("once") else []
    words += [f"由{say(raw['approved_by'], names, own)}批准"] if "approved_by" in raw else []
    return "，".join(words)


def _vote(raw: Mapping[str, Any], names: Names, own: Mapping[str, str]) -> str:
    words = [f"到会{Share.parse(raw['quorum']).chinese}"] if "quorum" in raw else []
    if "passes" in raw:
        passing = Passing.parse(raw["passes"])
        words.append(f"赞成{passing.share.chinese}（按{passing.base.chinese}）才通过")
    words += ["缺席者会前的书面意见算票数"] if raw.get("written") else []
    words += [f"依据{say(raw['source'], names, own)}"] if "source" in raw else []
    return "，".join(words)


def _outcomes(raw: Any, names: Names, own: Mapping[str, str]) -> str:
    if not isinstance(raw, Mapping):
        return ""
    told = []
    for code, way in raw.items():
        values = way if isinstance(way, Mapping) else {"to": way}
        title = values.get("title") or OUTCOMES.get(str(code)) or names.of(code, own)
        goes = (
            names.of(values["to"], own)
            if "to" in values
            else f"结束（{OUTCOMES.get(str(values.get('end')), title)}）"
        )
        need = (
            f"，须写明{'、'.join(names.of(one, own) for one in values['requires'])}"
            if "requires" in values
            else ""
        )
        told.append(f"{title} → {goes}{need}")
    return "；".join(told)


def _fields(form: Any, names: Names, own: Mapping[str, str]) -> Iterator[Item]:
    for one in form if isinstance(form, list) else ():
        if isinstance(one, Mapping):
            yield Item(
                str(one.get("field", "")), str(one.get("title", "")), dict(_field_facts(one, names, own))
            )


def _is_optional(one: Mapping[str, Any]) -> bool:
    return bool(one.get("optional", one.get("type") in {"checks", "rows", "files", "place"}))


def _asked(one: Mapping[str, Any], names: Names, own: Mapping[str, str]) -> str:
    return "，".join(text for _label, text in _field_facts(one, names, own))


def _field_facts(one: Mapping[str, Any], names: Names, own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "填写要求", "选填" if _is_optional(one) else "必填"
    kind = str(one.get("type", "text"))
    yield "填法", TYPES.get(kind) or f"选一个{names.of(kind, own)}"
    if "from" in one:
        yield "选项", f"清单“{names.of(one['from'], own)}”"
    if "choices" in one:
        yield "选项", "、".join(_choice(choice) for choice in one["choices"])
    for key, label in (("unit", "单位"), ("max", "最多"), ("help", "说明")):
        if key in one:
            yield label, str(one[key])
    if "source" in one:
        yield "依据", say(one["source"], names)
    if isinstance(one.get("form"), list):
        yield "各列", "、".join(str(column.get("title", "")) for column in one["form"])


def _choice(raw: Any) -> str:
    return str(raw.get("title", "")) if isinstance(raw, Mapping) else str(raw)


def _lines(data: Mapping[str, Any], names: Names, own: Mapping[str, str]) -> Iterator[Item]:
    for one in data.get("lines") or ():
        if not isinstance(one, Mapping):
            yield Item(str(one), str(one))
            continue
        facts = {
            own.get(key, "说明"): say(value, names)
            for key, value in one.items()
            if key not in ("code", "title", "line")
        }
        yield Item(str(one.get("code") or one.get("line")), str(one.get("title", "")), facts)
