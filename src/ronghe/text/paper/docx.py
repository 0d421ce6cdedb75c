"""A paper as a .docx: the same paper gives the same bytes, so that a hash can vouch for it."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from ronghe.text.paper import measures as to
from ronghe.text.paper.marks import block, foot_of, head_of, imprint_of
from ronghe.text.paper.paper import Layout, Paper
from ronghe.text.paper.styles import NAMESPACE, font_table, styles

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("styles", "settings", "fontTable")
_FOOTERS = {"footer1": "default", "footer2": "even", "footer3": "first"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def docx_of(paper: Paper) -> bytes:
    """The paper as a file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _parts(paper).items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _parts(paper: Paper) -> dict[str, str]:
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            {"rId1": ("officeDocument", "word/document.xml")},
            f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
            'Target="docProps/core.xml"/>',
        ),
        "docProps/core.xml": _core(paper),
        "word/document.xml": _document(paper),
        "word/styles.xml": styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": font_table(),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
        "word/footer3.xml": f'{_HEAD}<w:ftr {NAMESPACE}><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr></w:p></w:ftr>',
        "word/_rels/document.xml.rels": _relations(
            {name: (name, f"{name}.xml") for name in _PARTS}
            | {name: ("footer", f"{name}.xml") for name in _FOOTERS}
        ),
    }


def _document(paper: Paper) -> str:
    body = "".join(
        [*head_of(paper), *(block(one) for one in paper.blocks), *foot_of(paper), *imprint_of(paper)]
    )
    return f"{_HEAD}<w:document {NAMESPACE} {_R}><w:body>{body}{_section(paper)}</w:body></w:document>"


def _section(paper: Paper) -> str:
    """One section: A4, the margins, the grid of 22 lines; a letter's first page has no number."""
    is_letter = paper.layout is Layout.LETTER
    footers = "".join(
        f'<w:footerReference w:type="{kind}" r:id="{name}"/>'
        for name, kind in _FOOTERS.items()
        if kind != "first" or is_letter
    )
    return (
        f"<w:sectPr>{footers}"
        f'<w:pgSz w:w="{to.PAGE[0]}" w:h="{to.PAGE[1]}"/>'
        f'<w:pgMar w:top="{to.TOP}" w:right="{to.RIGHT}" w:bottom="{to.BOTTOM}" w:left="{to.LEFT}" '
        f'w:header="851" w:footer="{to.FOOTER}" w:gutter="0"/>'
        + ("<w:titlePg/>" if is_letter else "")
        + f'<w:docGrid w:type="lines" w:linePitch="{to.PITCH}"/></w:sectPr>'
    )


def _footer(side: str) -> str:
    """— 1 —, one character from the outer edge: odd pages right, even ones left."""
    inset = f'<w:ind w:{side}="{to.SMALL * 10}" w:firstLine="0"/><w:jc w:val="{side}"/>'
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return (
        f'{_HEAD}<w:ftr {NAMESPACE}><w:p><w:pPr><w:pStyle w:val="PageNumber"/>{inset}</w:pPr>'
        f"{dash.format('— ')}{field}{dash.format(' —')}</w:p></w:ftr>"
    )


def _settings() -> str:
    return (
        f'{_HEAD}<w:settings {NAMESPACE}><w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _core(paper: Paper) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:creator>{escape(paper.issuer)}</dc:creator>"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    )


def _relations(made: dict[str, tuple[str, str]], more: str = "") -> str:
    rows = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in made.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}{more}</Relationships>'


def _content_types() -> str:
    made = {
        "word/document.xml": f"{_ML}.document.main+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        **{f"word/{name}.xml": f"{_ML}.{name}+xml" for name in _PARTS},
        **{f"word/{name}.xml": f"{_ML}.footer+xml" for name in _FOOTERS},
    }
    rows = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in made.items())
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )
