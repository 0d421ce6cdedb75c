"""The numbers of GB/T 9704-2012, in the units of a .docx: twips (1/20 pt), half points, 1/4096 pt.

Source: GB/T 9704-2012 5.1–5.2 (paper, margins, grid), 7.2–7.5 (elements).
"""

from __future__ import annotations

MM = 1440 / 25.4
POINT = 20

PAGE = (11906, 16838)  # A4, 210 × 297 mm
TOP, BOTTOM, LEFT, RIGHT = (int(mm * MM) for mm in (37, 35, 28, 26))
WIDTH, HEIGHT = PAGE[0] - LEFT - RIGHT, PAGE[1] - TOP - BOTTOM  # 版心 156 × 225 mm
LINES, CHARACTERS = 22, 28
PITCH = HEIGHT // LINES
"""From line to line: rounded down, else the last line would not fit."""
CELL = WIDTH / CHARACTERS
BODY, TITLE, SMALL, CELLS = 32, 44, 28, 24  # half points: 3号, 2号, 4号, 小4号
CLOSER = WIDTH // CHARACTERS - BODY * POINT // 2
"""By how much letters of 3号 stand closer (twips), so that 28 of them, 158 mm, fit on 156: not every program shrinks them
to a grid of characters, so the grid is of lines and the closeness is the letters' own."""
HEADING_FROM_TOP = int(35 * MM)  # 发文机关标志 under the upper edge of the 版心
LETTER_RULE_OUT = int(7 * MM)  # the rules of a letter are 170 mm long, the 版心 is 156
DASH_HEIGHT = 320  # the line of the page number; its dashes stand in its middle
FOOTER = int(28 * MM) - DASH_HEIGHT // 2  # the dashes 7 mm under the 版心
RED = "FF0000"


def cells(count: float) -> int:
    """So many characters wide."""
    return round(count * CELL)


def length(text: str) -> float:
    """How many cells a text takes: figures and Latin letters half of one."""
    return sum(0.5 if ord(char) < 0x2000 else 1 for char in text)


def heading_size(text: str) -> int:
    """Half points of a 发文机关标志 that stands on one line: no larger than 小初, no smaller than 2号."""
    fits = int(WIDTH / POINT / max(length(text), 1)) * 2
    return max(min(fits, 72), TITLE)


def column_widths(longest: list[float]) -> list[int]:
    """Widths of a table's columns for their longest cells: short ones as they ask, long ones share what is left."""
    asked = [one * CELLS / BODY + 1.3 for one in longest]
    short = [one if one <= CHARACTERS / len(asked) else 0 for one in asked]
    left = CHARACTERS - sum(short)
    long = sum(one for one, kept in zip(asked, short, strict=True) if not kept)
    made = [
        cells(kept or one * left / long) if long else cells(one * CHARACTERS / sum(asked))
        for one, kept in zip(asked, short, strict=True)
    ]
    made[-1] += WIDTH - sum(made)
    return made
