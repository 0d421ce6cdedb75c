"""Read definition files: YAML 1.2 text becomes plain values whose every node knows its line.

Dates, clock times, `on` and `no` stay text; aliases, tags, duplicate keys and anything binary are refused, so that
what a clerk sees in the file is what the system holds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Field = tuple[str | int, ...]
LARGEST = 1_000_000
DEEPEST = 40
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a definition file: where, what (Chinese), and how to mend it.

    `severity` is `error` (the definition cannot be used) or `reference` (it names what no pack defines).
    """

    file: str
    line: int
    field: str
    message: str
    cure: str = ""
    code: str = "definition"
    severity: str = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        named = f" [{self.field}]" if self.field else ""
        cure = f"（{self.cure}）" if self.cure else ""
        return f"{where}{named} {self.message}{cure}"


@dataclass(frozen=True)
class Document:
    """One YAML document: its plain `data` and, for every path inside it, the line it stands on."""

    file: str
    line: int
    data: dict[str, object]
    lines: Mapping[Field, int] = field(default_factory=dict)

    def line_of(self, path: Field) -> int:
        """The line of `path`, or of its nearest ancestor that stands in the file."""
        for length in range(len(path), -1, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return self.line

    def problem(
        self, path: Field, message: str, cure: str = "", code: str = "definition", severity: str = "error"
    ) -> Problem:
        """A problem at `path` of this document."""
        return Problem(self.file, self.line_of(path), dotted(path), message, cure, code, severity)


@dataclass(frozen=True)
class Reading:
    """What reading one file or folder gave: whole documents, and problems of the text itself."""

    documents: list[Document]
    problems: list[Problem]


class _Refused(Exception):
    def __init__(self, node: Node, path: Field, code: str, message: str, cure: str) -> None:
        super().__init__(message)
        self.node, self.path, self.code, self.message, self.cure = node, path, code, message, cure


def dotted(path: Field) -> str:
    """`("flow", 1, "limit")` as a person reads it: `flow[1].limit` with lines counted from 1 as in `flow[2]`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def read_path(path: Path, root: Path | None = None) -> Reading:
    """Read one YAML file, or every `*.yaml` under a folder in name order; names are told relative to `root`."""
    root = root or (path if path.is_dir() else path.parent)
    if not path.exists():
        return Reading(
            [], [Problem(str(path), 0, "", "找不到这个文件或文件夹。", "核对路径", "missing-file")]
        )
    files = sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
    documents: list[Document] = []
    problems: list[Problem] = []
    for file in files:
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
        reading = read_bytes(_bytes_of(file), name)
        documents += reading.documents
        problems += reading.problems
    if not files:
        problems.append(
            Problem(str(path), 0, "", "文件夹里没有定义文件。", "定义文件以 .yaml 结尾", "missing-file")
        )
    return Reading(documents, problems)


def _bytes_of(file: Path) -> bytes:
    with file.open("rb") as handle:
        return handle.read(LARGEST + 1)


def read_bytes(content: bytes, file: str) -> Reading:
    """Read the documents of one file's bytes; a file that is not text gives one problem and no document."""
    if len(content) > LARGEST:
        return _whole(file, "too-large", "文件超过 1 MB，没有读入。", "一个文件只写一个或几个定义")
    if b"\0" in content:
        return _whole(file, "binary", "这不是文本文件，没有读入。", "用 UTF-8 编码的 YAML 文本")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _whole(file, "encoding", "文件不是 UTF-8 编码，没有读入。", "另存为 UTF-8 编码")
    return read_text(text, file)


def _whole(file: str, code: str, message: str, cure: str) -> Reading:
    return Reading([], [Problem(file, 1, "", message, cure, code)])


@lru_cache(maxsize=2048)  # more than all packs in force have files: fewer would keep none of them
def read_text(text: str, file: str) -> Reading:
    """Read the documents of a text; on a fault of YAML itself nothing of the file is used.

    What was read once is kept in the process: packs are read again and again beneath what is checked. Nobody changes it.
    """
    if _brackets(text) > 10 * DEEPEST:
        return _whole(file, "too-deep", "括号套得太深。", "分成几个定义")
    documents: list[Document] = []
    problems: list[Problem] = []
    try:
        for node in _nodes(text):
            outcome = _document(node, file)
            (documents if isinstance(outcome, Document) else problems).append(outcome)  # type: ignore[arg-type]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        return Reading(
            [], [Problem(file, line, "", f"YAML 格式有误：{_said(error)}。", _hint(text, line), "yaml")]
        )
    except (YAMLError, RecursionError, ValueError):
        return _whole(file, "yaml", "YAML 格式有误，读不下去。", "检查缩进、引号和括号")
    if not documents and not problems:
        return _whole(file, "empty", "文件是空的。", "写一个定义，或删去这个文件")
    return Reading(documents, problems)


def _brackets(text: str) -> int:
    """How deep brackets nest at most, cheaply: a parser would take seconds over a bomb of them."""
    steps = (1 if sign in "[{" else -1 for sign in text if sign in "[]{}")
    return max(accumulate(steps), default=0)


def _nodes(text: str) -> Iterator[Node]:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    yaml.get_constructor_parser(io.StringIO(text))
    while yaml.composer.check_node():
        if (node := yaml.composer.get_node()) is not None:
            yield node


def _said(error: MarkedYAMLError) -> str:
    known = {
        "mapping values are not allowed": "这里不能再出现冒号",
        "found character '\\t'": "缩进用了制表符",
        "found undefined alias": "用了没有定义的引用",
        "could not find expected ':'": "缺少冒号",
        "expected <block end>": "缩进对不齐",
        "expected ',' or": "括号里缺少逗号或没有收口",
        "found unexpected end of stream": "引号没有收口",
    }
    said = str(error.problem or "")
    return next((chinese for english, chinese in known.items() if english in said), "读不懂这一行")


def _hint(text: str, line: int) -> str:
    lines = text.splitlines()
    row = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in row:
        return "缩进用空格，不用制表符"
    if "：" in row and ": " not in row:
        return "冒号要用半角，后面空一格"
    return "检查缩进、引号和括号；值里有冒号或井号时加引号"


def _document(node: Node, file: str) -> Document | Problem:
    line = int(node.start_mark.line) + 1
    lines: dict[Field, int] = {(): line}
    try:
        data = _plain(node, (), lines, set())
    except _Refused as refused:
        return Problem(
            file,
            int(refused.node.start_mark.line) + 1,
            dotted(refused.path),
            refused.message,
            refused.cure,
            refused.code,
        )
    if not isinstance(data, dict):
        cure = (
            "冒号要用半角，后面空一格"
            if isinstance(data, str) and "：" in data
            else "写成“种类: 代码”开头的几行"
        )
        return Problem(file, line, "", "这里不是一个定义。", cure, "not-a-definition")
    return Document(file, line, data, lines)


def _plain(node: Node, path: Field, lines: dict[Field, int], seen: set[int]) -> object:
    if id(node) in seen:
        raise _Refused(node, path, "alias", "定义里不能用 YAML 的引用（& 和 *）。", "把内容写全")
    seen.add(id(node))
    if len(path) > DEEPEST:
        raise _Refused(node, path, "too-deep", "括号或缩进套得太深。", "分成几个定义")
    if not str(node.tag).startswith("tag:yaml.org,2002:") or "/" in str(node.tag):
        raise _Refused(node, path, "tag", "定义里不能用 YAML 的标签（!）。", "删去标签")
    if isinstance(node, MappingNode):
        return _mapping(node, path, lines, seen)
    if isinstance(node, SequenceNode):
        return [_item(child, (*path, index), lines, seen) for index, child in enumerate(node.value)]
    return _scalar(node)


def _item(node: Node, path: Field, lines: dict[Field, int], seen: set[int]) -> object:
    lines[path] = int(node.start_mark.line) + 1
    return _plain(node, path, lines, seen)


def _mapping(node: MappingNode, path: Field, lines: dict[Field, int], seen: set[int]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode) or key_node.value == "<<":
            raise _Refused(key_node, path, "key", "键必须是一个词。", "检查括号和冒号")
        key = str(key_node.value)
        here = (*path, key)
        if key in plain:
            raise _Refused(key_node, here, "duplicate-key", f"“{key}”写了两次。", "只留一个")
        lines[here] = int(key_node.start_mark.line) + 1
        plain[key] = _plain(value_node, here, lines, seen)
    return plain


def _scalar(node: Node) -> object:
    text = str(node.value)
    kind = str(node.tag).rsplit(":", 1)[-1]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and _INT.fullmatch(text):
        return int(text)
    if kind == "float" and _FLOAT.fullmatch(text):
        return float(text)
    return text
