"""Our own rules, those no tool has: `tests/checks/test_rules.py` shows good and bad lines for each.

A rule is a function from a file's text to (line, what is wrong); `RULES` says which files each one reads.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
Found = Iterator[tuple[int, str]]

GETTEXT = {f"{p}gettext{s}" for p in ("", "n", "p", "np") for s in ("", "_lazy", "_noop")} | {"_"}
WORK = {"casework", "activities", "duties", "registers", "judgements", "bulletins"}
RECKONING = {"appraisal", "mining", "stats"}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "misc", "services", "common_functions"}
CHINESE = re.compile(r"[\u3400-\u9fff]")
UNNAMED = re.compile(r"%(?!\(|%)[#0\- +]*\d*(?:\.\d+)?[sdrfi]")


def _called(node: ast.AST) -> str:
    """The last name of what a call calls: `translation.gettext(…)` → `gettext`."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_blind(node: ast.expr | None) -> bool:
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(
        n is None or (isinstance(n, ast.Name) and n.id in {"Exception", "BaseException"}) for n in names
    )


def whole_message(source: str) -> Found:
    """A message is one literal with named placeholders; the values are put in outside."""
    for node in _calls(ast.parse(source)):
        if _called(node) not in GETTEXT:
            continue
        for argument in node.args:
            if isinstance(argument, ast.JoinedStr | ast.BinOp) or _called(argument) == "format":
                yield (
                    node.lineno,
                    "gettext takes one literal; fill it outside: gettext('… %(n)d …') % {'n': n}",
                )
            elif isinstance(argument, ast.Constant) and UNNAMED.search(str(argument.value)):
                yield node.lineno, "placeholders have names: %(n)d, not %d"


def marked_text(source: str) -> Found:
    """Chinese a face shows goes through gettext; a value that is also shown (`("是", _("是"))`) does somewhere."""
    tree = ast.parse(source)
    marked = [leaf for call in ast.walk(tree) if _called(call) in GETTEXT for leaf in ast.walk(call)]
    known = {id(leaf) for leaf in marked}
    shown = {leaf.value for leaf in marked if isinstance(leaf, ast.Constant)}
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            known.add(id(body[0].value))  # a docstring
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in known:
            continue
        # A format of dates is read, not shown.
        if CHINESE.search(node.value) and node.value not in shown and "%m" not in node.value:
            yield node.lineno, f"text for people goes through gettext: {node.value[:20]!r}"


def narrow_except(source: str) -> Found:
    """Errors are caught by name; the few doors that must catch all log it whole, or say why after `# noqa: BLE001`."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and _is_blind(node.type):
            if any(_called(call) == "exception" for call in _calls(node)):
                continue
            if not re.search(r"#\s*noqa: BLE001\W+\w", lines[node.lineno - 1]):
                yield node.lineno, "catch the error you expect by its name"
    for node in _calls(ast.parse(source)):
        if _called(node) == "suppress" and any(_is_blind(argument) for argument in node.args):
            yield node.lineno, "suppress the error you expect by its name"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules an import reaches for: `from ronghe.casework import domain` → `ronghe.casework.domain`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [f"{module}.{alias.name}" for alias in node.names] if module.count(".") == 1 else [module]


def own_door(source: str, room: str) -> Found:
    """Rooms of work reach each other through `domain` only; reckoning reads no room of work at all."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for name in _imported(node):
            parts = name.split(".")
            if parts[0] != "ronghe" or len(parts) < 2 or parts[1] not in WORK or parts[1] == room:
                continue
            if room in RECKONING:
                yield node.lineno, f"reckoning reads the ledger, not {name}"
            elif parts[2:3] != ["domain"]:
                yield node.lineno, f"{room} may use ronghe.{parts[1]}.domain, not {name}"


_TEMPLATE_CODE = re.compile(
    r"\{%-?\s*(?:comment)\b.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->",
    re.DOTALL,
)
_INLINE = [
    (re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I), "no inline script: the content policy forbids it"),
    (re.compile(r"<style\b", re.I), "no inline style sheet: write it in frontend/src/css"),
    (re.compile(r"<[^>]*\sstyle\s*=", re.I), "no style attribute: use a class"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.I), "no inline handler: write it in frontend/src"),
    (re.compile(r"<[^>]*\shx-on[:-]", re.I), "no hx-on: the content policy forbids it"),
    (re.compile(r"""=\s*["']\s*(?:javascript|js):""", re.I), "no script in an attribute"),
]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def no_inline_code(source: str) -> Found:
    """Pages hold no script, style or handler of their own."""
    text = _TEMPLATE_CODE.sub(_blank, source)
    for pattern, what in _INLINE:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, what


def marked_template(source: str) -> Found:
    """Every text of a template stands in a translate tag."""
    for number, line in enumerate(_TEMPLATE_CODE.sub(_blank, source).splitlines(), 1):
        if CHINESE.search(line):
            yield number, f"text for people stands in {{% translate %}}: {line.strip()[:30]!r}"


def nothing_left_open(source: str) -> Found:
    """What is still to be done is an issue, not a remark."""
    for number, line in enumerate(source.splitlines(), 1):
        if re.search(r"\b(?:TODO|FIXME|XXX)\b", line):
            yield number, "what is still to be done is written down as an issue"


def no_place(source: str, places: tuple[str, ...]) -> Found:
    """No file says where packages come from or on which machine it was written."""
    source_of_packages = re.compile(r"--(?:extra-)?index-url|--find-links|^registry\s*=|\"resolved\":", re.M)
    for number, line in enumerate(source.splitlines(), 1):
        if source_of_packages.search(line):
            yield number, "a requirement names a package and its hash, not where it comes from"
        for place in places:
            if place in line:
                yield number, f"a path of this machine: {place}"


def name_says_something(name: str) -> bool:
    """Whether a module's name tells what is in it."""
    return PurePosixPath(name).stem not in NAMES_THAT_SAY_NOTHING


def places_of(root: Path, home: Path) -> tuple[str, ...]:
    """The paths that would give this machine away; a bare `/` or `/tmp` gives away nothing."""
    return tuple(f"{path}/" for path in (root.parent, home) if path.as_posix() not in {"/", "/tmp"})  # noqa: S108 – a name, not a file


def rules_for(name: str, places: tuple[str, ...]) -> list[Callable[[str], Found]]:
    """The rules that read the file of this name."""
    rules: list[Callable[[str], Found]] = []
    if not name.startswith(("scripts/", "tests/checks/")):  # they must show what they refuse
        rules += [nothing_left_open, lambda text: no_place(text, places)]
    if name.endswith(".py") and "/migrations/" not in name and name.startswith(("src/", "bench/")):
        rules += [whole_message, narrow_except]
        room = name.removeprefix("src/ronghe/").split("/")[0]
        if room in WORK | RECKONING:
            rules.append(lambda text: own_door(text, room))
        if room == "www":
            rules.append(marked_text)
    if name.startswith("src/ronghe/templates/") and name.endswith((".html", ".txt")):
        rules += [no_inline_code, marked_template]
    return rules


def tracked(root: Path) -> list[str]:
    """The text files git knows or would add, without data and locks."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    kinds = (
        ".py",
        ".html",
        ".txt",
        ".ts",
        ".mjs",
        ".scss",
        ".sh",
        ".toml",
        ".yaml",
        ".yml",
        ".md",
        ".in",
        ".json",
        "Makefile",
        "run",
        ".npmrc",
    )
    return [name for name in listing if name.endswith(kinds) and (root / name).is_file()]


def main() -> int:
    places = places_of(ROOT, Path.home())
    problems = []
    for name in tracked(ROOT):
        text = (ROOT / name).read_text(encoding="utf-8")
        if name.endswith(".py") and not name_says_something(name):
            problems.append(f"{name}: name the thing it holds")
        problems += [
            f"{name}:{line}: {what}" for rule in rules_for(name, places) for line, what in rule(text)
        ]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
