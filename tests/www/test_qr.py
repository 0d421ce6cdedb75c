"""QR pictures: what is drawn is read back here by the standard's own rules, not by the library that drew it.

Source: ISO/IEC 18004, byte mode, versions 1 to 6.
"""

from __future__ import annotations

import re
from itertools import chain, zip_longest
from xml.etree import ElementTree as ET

import pytest

from ronghe.www.qr import MODULE, QUIET, qr_svg

pytestmark = pytest.mark.unit
LINK = "https://sq.example.gov.cn/follow/QY2026-000123/with/ABCD2345/"
LEVELS = {1: "L", 0: "M", 3: "Q", 2: "H"}
# (version, level) -> codewords of data of each block
BLOCKS = {
    (1, "M"): [16], (1, "Q"): [13], (1, "H"): [9], (2, "M"): [28], (2, "Q"): [22], (2, "H"): [16], (3, "M"): [44],
    (3, "Q"): [17] * 2, (3, "H"): [13] * 2, (4, "M"): [32] * 2, (4, "Q"): [24] * 2, (4, "H"): [9] * 4,
    (5, "M"): [43] * 2, (5, "Q"): [15, 15, 16, 16], (5, "H"): [11, 11, 12, 12], (6, "M"): [27] * 4,
    (6, "Q"): [19] * 4, (6, "H"): [15] * 4,
}  # fmt: skip
MASKS = [
    lambda y, x: (y + x) % 2,
    lambda y, _x: y % 2,
    lambda _y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
]


def drawn(svg: str) -> list[list[int]]:
    """The modules of the picture as 0 and 1, its quiet zone included."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[-1])
    grid = [[0] * side for _ in range(side)]
    dark = next(path.attrib["d"] for path in root if path.attrib.get("fill") == "#000")
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", dark):
        for at in range(int(x), int(x) + int(length)):
            grid[int(y)][at] = 1
    return grid


def is_fixed(y: int, x: int, size: int) -> bool:
    """Whether a module belongs to the finder, timing, alignment or format patterns."""
    corner = (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9)
    middle = size - 7
    aligned = size > 21 and abs(y - middle) < 3 and abs(x - middle) < 3
    return corner or aligned or 6 in (y, x)


def read(grid: list[list[int]]) -> tuple[str, int, str]:
    """(text, version, error level) of a picture without its quiet zone."""
    size = len(grid)
    version = (size - 17) // 4
    form = sum(bit << (4 - at) for at, bit in enumerate(grid[8][:5])) ^ 0b10101
    level, mask = LEVELS[form >> 3], MASKS[form & 7]
    bits: list[int] = []
    columns = [x for x in range(size - 1, 0, -2) if x > 6] + [5, 3, 1]
    for turn, right in enumerate(columns):
        lines = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        bits += [
            grid[y][x] ^ (mask(y, x) == 0)
            for y in lines
            for x in (right, right - 1)
            if not is_fixed(y, x, size)
        ]
    words = [int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits) - 7, 8)]
    return _text(words, BLOCKS[version, level]), version, level


def _text(words: list[int], lengths: list[int]) -> str:
    order = [
        block
        for line in zip_longest(*([block] * length for block, length in enumerate(lengths)))
        for block in line
        if block is not None
    ]
    blocks: list[list[int]] = [[] for _ in lengths]
    for block, word in zip(order, words, strict=False):
        blocks[block].append(word)
    data = bytes(chain.from_iterable(blocks))
    whole = int.from_bytes(data)
    bits = len(data) * 8
    assert whole >> (bits - 4) == 0b0100  # bytes
    count = (whole >> (bits - 12)) & 0xFF
    return ((whole >> (bits - 12 - 8 * count)) & ((1 << 8 * count) - 1)).to_bytes(count).decode()


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        "https://a.cn/f/1",
        "http://127.0.0.1:8000/follow/LY2026-000001/with/abcd2345/",
        LINK.replace("sq.", "service.sq.") + "?from=slip",
    ],
)
def test_what_is_drawn_reads_as_the_text(text: str):
    grid = drawn(qr_svg(text, title="查进度"))

    inner = [row[QUIET:-QUIET] for row in grid[QUIET:-QUIET]]
    told, version, level = read(inner)

    assert told == text
    assert version <= 6
    assert level in "MQH"


def test_quiet_zone_is_white_and_modules_are_large_enough_for_a_phone():
    svg = qr_svg(LINK, title="查进度")
    grid = drawn(svg)
    root = ET.fromstring(svg)

    edge = [
        module
        for y, row in enumerate(grid)
        for x, module in enumerate(row)
        if min(x, y, len(grid) - 1 - x, len(grid) - 1 - y) < QUIET
    ]
    assert QUIET >= 4
    assert not any(edge)
    assert int(root.attrib["width"]) / len(grid) == MODULE >= 3
    assert int(root.attrib["width"]) <= 240


def test_title_is_said_and_nothing_is_inline():
    svg = qr_svg(LINK, title='<b>"查进度"')

    assert 'role="img"' in svg
    assert "<title>&lt;b&gt;&quot;查进度&quot;</title>" in svg
    assert not re.search(r"style|script|on\w+=", svg)
