"""Paragraphs, runs and tables of a paper in WordprocessingML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from ronghe.text.paper import measures as to
from ronghe.text.paper.fonts import KAI, LATIN, TEXT, Face
from ronghe.text.paper.paper import Layout, Line, Paper, Table

_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STYLES = {1: "Heading1", 2: "Heading2", 3: "Heading3", 4: "Heading4"}
FLOATING = (
    '<w:tblpPr w:leftFromText="180" w:rightFromText="180" w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="left" '
    'w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/>'
)


def fonts(face: Face) -> str:
    """The typeface of Chinese text, and Latin figures beside it."""
    return (
        f'<w:rFonts w:ascii="{LATIN.name}" w:hAnsi="{LATIN.name}" w:eastAsia="{face.name}" w:cs="{LATIN.name}" '
        'w:hint="eastAsia"/>'
    )


def run(text: str, properties: str = "") -> str:
    """Text of one look; what XML cannot hold is left out."""
    clean = escape(_UNPRINTABLE.sub("", text))
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{clean}</w:t></w:r>'


def paragraph(runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph; without a style it is body text."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{runs}</w:p>"


def blank(count: int = 1, *, keep: bool = False) -> str:
    """Empty lines."""
    return paragraph("", "Flush", "<w:keepNext/>" if keep else "") * count


def head_of(paper: Paper) -> Iterator[str]:
    """What stands above the text: 发文机关标志, 发文字号, the red rule, the title, 主送机关."""
    if paper.layout is Layout.RED_HEAD:
        size = to.heading_size(paper.heading)
        yield paragraph(run(paper.heading, f'<w:sz w:val="{size}"/>'), "RedHead")
        yield blank(2)
        yield paragraph(run(paper.number), "RedNumber")
        yield blank(2)
    elif paper.layout is Layout.LETTER:
        size = to.heading_size(paper.heading)
        yield paragraph(run(paper.heading, f'<w:sz w:val="{size}"/>'), "LetterHead")
        yield paragraph(run(paper.number), "Right")
        yield blank(2)
    yield paragraph(run(paper.title), "Title")
    if paper.layout is Layout.NOTICE and paper.number:
        yield paragraph(run(paper.number), "Number")
    yield blank()
    if paper.to:
        yield paragraph(run(f"{paper.to.rstrip('：:')}："), "Flush")


def block(one: Line | Table) -> str:
    """A paragraph or a table of the text."""
    if isinstance(one, Table):
        return _table(one)
    head, rest = one.spoken
    if one.level == 2 and rest:
        return paragraph(run(head, fonts(KAI)) + run(rest, fonts(TEXT)), STYLES[2])
    if one.level == 1 and rest:
        return paragraph(run(head) + run(rest, fonts(TEXT)), STYLES[1])
    return paragraph(run(one.text), STYLES.get(one.level, ""))


def _table(table: Table) -> str:
    columns = zip(table.head, *table.rows, strict=True)
    widths = to.column_widths([min(max(to.length(cell) for cell in column), 24) for column in columns])
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = _row(table.head, widths, is_head=True) + "".join(_row(row, widths) for row in table.rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Ledger"/><w:tblW w:w="{to.WIDTH}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(cells: tuple[str, ...], widths: list[int], *, is_head: bool = False) -> str:
    marks = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else "<w:trPr><w:cantSplit/></w:trPr>"
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraph(run(text), 'CellHead' if is_head else 'Cell')}</w:tc>"
        for text, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{marks}{made}</w:tr>"


def foot_of(paper: Paper) -> Iterator[str]:
    """附件说明, then who signs and when, with room above for the seal; the date four characters from the right."""
    names = paper.attachments
    if names:
        yield blank(keep=True)
    for place, name in enumerate(names):
        numbered = f"{place + 1}. {name}" if len(names) > 1 else name
        begin, left = ("附件：", 2.0) if place == 0 else ("", 5.0)
        hang = 3.0 if place == 0 else 0.0
        hang += 1.0 if len(names) > 1 else 0.0
        yield paragraph(run(begin + numbered), "Flush", _indent(left + hang, hanging=hang))
    if not paper.issuer and not paper.day:
        return
    yield blank(2, keep=True)
    date_length, name_length = to.length(paper.date), to.length(paper.issuer)
    inset = max(4 + (date_length - name_length) / 2, 0)
    if paper.issuer:
        yield paragraph(run(paper.issuer), "Right", f"<w:keepNext/>{_from_right(inset)}")
    if paper.day:
        yield paragraph(run(paper.date), "Right", _from_right(4))


def _indent(left: float, *, hanging: float) -> str:
    return f'<w:ind w:left="{to.cells(left)}" w:hanging="{to.cells(hanging)}"/>'


def _from_right(count: float) -> str:
    return f'<w:ind w:right="{to.cells(count)}"/>'


def imprint_of(paper: Paper) -> Iterator[str]:
    """版记 at the lower edge of the last page: 抄送, and who printed it when, between rules."""
    lines = []
    if paper.copies:
        lines.append(run(f"抄送：{paper.copies.rstrip('。')}。"))
    if paper.printed:
        lines.append(f"{run(paper.printed)}<w:r><w:tab/></w:r>{run(f'{paper.date}印发')}")
    if not lines:
        return
    rows = "".join(
        f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{to.WIDTH}" w:type="dxa"/></w:tcPr>{paragraph(runs, "Imprint")}</w:tc></w:tr>'
        for runs in lines
    )
    yield blank()
    yield f'<w:tbl><w:tblPr><w:tblStyle w:val="ImprintRules"/>{FLOATING}<w:tblW w:w="{to.WIDTH}" w:type="dxa"/>'
    yield f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="{to.WIDTH}"/></w:tblGrid>{rows}</w:tbl>'
    yield paragraph("", "Anchor")
