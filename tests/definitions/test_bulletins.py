"""What the author of a bulletin is told."""

import pytest

from ronghe.definitions.checking import check
from ronghe.definitions.reading import read_text

pytestmark = pytest.mark.unit

HEAD = "title: 甲\nsource: [S-237]\neffective: 2026-01-01\n"
PARTS = (
    f"---\nlist: parts\n{HEAD}form: [{{field: text, title: 内容, type: text}}]\n"
    "lines: [{code: body, title: 正文, text: '%s'}]\n"
)


def told(text: str) -> list[tuple[str, str]]:
    return [(bad.field, bad.code) for bad in check(read_text(text, "f.yaml"))[1]]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("number: '{unit}〔{year}〕{seq}号'\nlayout: red-head\nsigns: [拟稿, 签发]\n", []),
        ("number: '{unit}〔{year}〕号'\n", [("number", "number")]),
        ("number: '{town}{seq}'\n", [("number", "number")]),
        ("layout: poster\n", [("layout", "choice")]),
        ("negative: true\n", [("stands", "stands")]),
        ("negative: true\nstands: 6 月\n", []),
        ("signs: [签发, 签发]\n", [("signs[2]", "twice")]),
        ("template: nowhere\n", [("template", "template")]),
    ],
)
def test_bulletin_is_checked(lines: str, expected: list[tuple[str, str]]) -> None:
    assert told(f"bulletin: x\n{HEAD}{lines}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{unit}、{until}、{about.name}、{form.detail}", []),
        ("{promised}", [("lines[1].text", "template-word")]),
        ("{somebody.name}", [("lines[1].text", "template-word")]),
    ],
)
def test_words_of_its_parts_are_known(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(f"bulletin: x\n{HEAD}template: parts\n{PARTS % text}") == expected
