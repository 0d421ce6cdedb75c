"""The named styles of a paper: everything that looks alike is said once."""

from __future__ import annotations

from ronghe.text.paper import measures as to
from ronghe.text.paper.fonts import FACES, HEI, KAI, SONG, TEXT, TITLE, Face
from ronghe.text.paper.marks import fonts

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LINE = f'<w:spacing w:before="0" w:after="0" w:line="{to.PITCH}" w:lineRule="exact"/>'
_TWO = f'<w:ind w:firstLineChars="200" w:firstLine="{to.cells(2)}"/>'
_NONE = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
_RED = f'<w:color w:val="{to.RED}"/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _style(name: str, shown: str, paragraph: str, run: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{shown}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def _heading(level: int, face: Face) -> str:
    keep = "<w:keepNext/>" if level == 1 else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        f'<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>{keep}'
        f'<w:outlineLvl w:val="{level - 1}"/></w:pPr><w:rPr>{fonts(face)}</w:rPr></w:style>'
    )


def _red_rule(kind: str, size: int, space: int) -> str:
    return f'<w:pBdr><w:bottom w:val="{kind}" w:sz="{size}" w:space="{space}" w:color="{to.RED}"/></w:pBdr>'


def _heads() -> str:
    out = f'<w:ind w:left="-{to.LETTER_RULE_OUT}" w:right="-{to.LETTER_RULE_OUT}" w:firstLine="0"/>'
    above = f'<w:spacing w:before="{to.HEADING_FROM_TOP}" w:after="0" w:line="240" w:lineRule="auto"/>'
    plain = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    middle, red_face = '<w:jc w:val="center"/>', fonts(TITLE) + _RED
    return (
        _style("RedHead", "发文机关标志", f"{above}{_NONE}{middle}", red_face)
        + _style("RedNumber", "发文字号", f"{_red_rule('single', 12, 10)}{_NONE}{middle}")
        + _style(
            "LetterHead", "信函标志", f"{_red_rule('thinThickSmallGap', 18, 8)}{plain}{out}{middle}", red_face
        )
    )


def styles() -> str:
    """`word/styles.xml`."""
    body = f'{fonts(TEXT)}<w:spacing w:val="{to.CLOSER}"/>{_size(to.BODY)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    cell = '<w:spacing w:before="0" w:after="0" w:line="360" w:lineRule="exact"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles {NAMESPACE}>'
        f"<w:docDefaults><w:rPrDefault><w:rPr>{body}</w:rPr></w:rPrDefault>"
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f'<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/>{_LINE}{_TWO}<w:jc w:val="both"/></w:pPr>'
        f"<w:rPr>{body}</w:rPr></w:style>"
        + _heading(1, HEI)
        + _heading(2, KAI)
        + _heading(3, TEXT)
        + _heading(4, TEXT)
        + _style(
            "Title",
            "公文标题",
            f'<w:keepNext/><w:snapToGrid w:val="0"/>{_LINE}{_NONE}<w:jc w:val="center"/>',
            fonts(TITLE) + _size(to.TITLE),
        )
        + _style("Number", "文号", f'{_NONE}<w:jc w:val="center"/>')
        + _style("Flush", "顶格", _NONE)
        + _style("Right", "落款", f'{_NONE}<w:jc w:val="right"/>')
        + _style(
            "Imprint",
            "版记",
            f'<w:tabs><w:tab w:val="right" w:pos="{to.WIDTH - to.SMALL * 20}"/></w:tabs>'
            f'<w:ind w:left="{to.SMALL * 5}" w:right="{to.SMALL * 5}" w:firstLine="0"/>',
            _size(to.SMALL),
        )
        + _style("Anchor", "版记之后", '<w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/>')
        + _style(
            "PageNumber",
            "页码",
            f'<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="{to.DASH_HEIGHT}" '
            f'w:lineRule="exact"/>{_NONE}',
            fonts(SONG) + _size(to.SMALL),
        )
        + _style(
            "Cell", "表格", f'<w:snapToGrid w:val="0"/>{cell}{_NONE}<w:jc w:val="left"/>', _size(to.CELLS)
        )
        + _style(
            "CellHead",
            "表头",
            f'<w:snapToGrid w:val="0"/>{cell}{_NONE}<w:jc w:val="center"/>',
            fonts(HEI) + _size(to.CELLS),
        )
        + _heads()
        + _tables()
        + "</w:styles>"
    )


def _tables() -> str:
    """Thin rules all round for a 台账; those of the 版记 thick outside and thin between."""
    all_round = dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), 4)
    return _table("Ledger", "台账", all_round) + _table(
        "ImprintRules", "版记线", {"top": 8, "bottom": 8, "insideH": 6}
    )


def _table(name: str, shown: str, rules: dict[str, int]) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>' for side, size in rules.items()
    )
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{name}"><w:name w:val="{shown}"/><w:tblPr>'
        f"<w:tblBorders>{sides}</w:tblBorders></w:tblPr></w:style>"
    )


def font_table() -> str:
    """`word/fontTable.xml`: each typeface with the other names a machine may know it by."""
    made = "".join(
        f'<w:font w:name="{face.name}"><w:altName w:val="{",".join(face.also)}"/><w:panose1 w:val="{face.panose}"/>'
        f'<w:charset w:val="86"/><w:family w:val="{face.family}"/><w:pitch w:val="default"/></w:font>'
        for face in FACES
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {NAMESPACE}>{made}</w:fonts>'
