"""Papers in the layout of GB/T 9704-2012: every number is read back out of the file."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest

from ronghe.text.paper import Layout, Line, Paper, Table, blocks_of, docx_of

pytestmark = pytest.mark.unit
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TWIP = 25.4 / 1440
TEXT = """督查组于2026年11月开展了督查，现通知如下。
一、存在的问题
（一）第一议题落实不到位。三季度没有记录。
1. 二支部九月没有开会。
（1）记录缺少主持人。
序号 | 问题 | 时限
1 | 没有记录 | 12月15日
2.5米宽的路不是标题。
"""
PAPER = Paper(
    title="关于督查发现问题的整改通知",
    blocks=blocks_of(TEXT),
    heading="示范市直属机关工作委员会文件",
    number="市直工整改〔2026〕3号",
    to="市生态环境局机关党委",
    attachments=("问题清单", "整改情况表"),
    issuer="示范市直属机关工作委员会",
    day=dt.date(2026, 11, 5),
    copies="市委组织部",
    printed="市直机关工委办公室",
)


def part(paper: Paper, name: str) -> Tree.Element:
    with zipfile.ZipFile(io.BytesIO(docx_of(paper))) as package:
        return Tree.fromstring(package.read(f"word/{name}.xml"))


def style(name: str) -> Tree.Element:
    found = part(PAPER, "styles").find(f".//{W}style[@{W}styleId='{name}']")
    assert found is not None
    return found


def got(element: Tree.Element, path: str, key: str) -> str:
    found = element.find(".//" + "/".join(f"{W}{step}" for step in path.split("/")))
    assert found is not None
    return found.attrib[f"{W}{key}"]


def mm(element: Tree.Element, path: str, key: str) -> float:
    return round(int(got(element, path, key)) * TWIP, 1)


def said(paper: Paper) -> list[tuple[str, str]]:
    """Style and words of each paragraph."""
    rows = []
    for paragraph in part(paper, "document").iter(f"{W}p"):
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        words = "".join(text.text or "" for text in paragraph.iter(f"{W}t"))
        rows.append((named.attrib[f"{W}val"] if named is not None else "", words))
    return rows


def test_lines_are_read_with_their_levels() -> None:
    assert blocks_of(TEXT) == (
        Line("督查组于2026年11月开展了督查，现通知如下。"),
        Line("一、存在的问题", 1),
        Line("（一）第一议题落实不到位。三季度没有记录。", 2),
        Line("1. 二支部九月没有开会。", 3),
        Line("（1）记录缺少主持人。", 4),
        Table(("序号", "问题", "时限"), (("1", "没有记录", "12月15日"),)),
        Line("2.5米宽的路不是标题。"),
    )


def test_page_is_a4_with_the_margins_of_the_standard() -> None:
    section = part(PAPER, "document")
    edges = {side: mm(section, "pgMar", side) for side in ("top", "bottom", "left", "right")}

    assert (mm(section, "pgSz", "w"), mm(section, "pgSz", "h")) == (210.0, 297.0)
    assert edges == {"top": 37.0, "bottom": 35.0, "left": 28.0, "right": 26.0}
    assert 210 - edges["left"] - edges["right"] == 156
    assert 297 - edges["top"] - edges["bottom"] == 225


def test_grid_holds_22_lines_of_28_characters() -> None:
    pitch = int(got(part(PAPER, "document"), "docGrid", "linePitch"))
    body = style("Normal")
    cell = int(got(body, "rPr/sz", "val")) * 10 + int(got(body, "rPr/spacing", "val"))

    height, width = (round(mm_ / TWIP) for mm_ in (225, 156))
    assert (height // pitch, width // cell) == (22, 28)
    assert (got(body, "pPr/spacing", "line"), got(body, "pPr/spacing", "lineRule")) == (str(pitch), "exact")


def test_typefaces_and_sizes_are_those_of_each_element() -> None:
    looks = {
        name: (got(style(name), "rPr/rFonts", "eastAsia"), sizes[0] if sizes else "")
        for name in ("Normal", "Title", "Heading1", "Heading2", "Heading3", "Heading4", "PageNumber")
        for sizes in [[one.attrib[f"{W}val"] for one in style(name).iter(f"{W}sz")]]
    }

    assert looks == {
        "Normal": ("仿宋_GB2312", "32"),
        "Title": ("方正小标宋简体", "44"),
        "Heading1": ("黑体", ""),
        "Heading2": ("楷体_GB2312", ""),
        "Heading3": ("仿宋_GB2312", ""),
        "Heading4": ("仿宋_GB2312", ""),
        "PageNumber": ("宋体", "28"),
    }


def test_typefaces_are_named_and_aliased() -> None:
    rows = {
        font.attrib[f"{W}name"]: got(font, "altName", "val").split(",")[:2]
        for font in part(PAPER, "fontTable").iter(f"{W}font")
    }

    assert rows == {
        "仿宋_GB2312": ["仿宋", "FangSong"],
        "楷体_GB2312": ["楷体", "KaiTi"],
        "黑体": ["SimHei", "STHeiti"],
        "方正小标宋简体": ["方正小标宋_GBK", "FZXiaoBiaoSong-B05S"],
        "宋体": ["SimSun", "STSong"],
    }


def test_elements_stand_in_the_order_of_the_standard() -> None:
    assert [row for row in said(PAPER) if row[1]] == [
        ("Title", "关于督查发现问题的整改通知"),
        ("Number", "市直工整改〔2026〕3号"),
        ("Flush", "市生态环境局机关党委："),
        ("", "督查组于2026年11月开展了督查，现通知如下。"),
        ("Heading1", "一、存在的问题"),
        ("Heading2", "（一）第一议题落实不到位。三季度没有记录。"),
        ("Heading3", "1. 二支部九月没有开会。"),
        ("Heading4", "（1）记录缺少主持人。"),
        ("CellHead", "序号"),
        ("CellHead", "问题"),
        ("CellHead", "时限"),
        ("Cell", "1"),
        ("Cell", "没有记录"),
        ("Cell", "12月15日"),
        ("", "2.5米宽的路不是标题。"),
        ("Flush", "附件：1. 问题清单"),
        ("Flush", "2. 整改情况表"),
        ("Right", "示范市直属机关工作委员会"),
        ("Right", "2026年11月5日"),
        ("Imprint", "抄送：市委组织部。"),
        ("Imprint", "市直机关工委办公室2026年11月5日印发"),
    ]


def test_only_the_heading_of_a_run_in_paragraph_is_in_kai() -> None:
    runs = [
        (got(run, "rFonts", "eastAsia"), run.findtext(f"{W}t"))
        for paragraph in part(PAPER, "document").iter(f"{W}p")
        if "第一议题" in "".join(paragraph.itertext())
        for run in paragraph.iter(f"{W}r")
    ]

    assert runs == [("楷体_GB2312", "（一）第一议题落实不到位。"), ("仿宋_GB2312", "三季度没有记录。")]


def test_date_stands_four_characters_from_the_right_and_who_signs_is_centred_above() -> None:
    cell = 156 / TWIP / 28
    rows = {
        "".join(paragraph.itertext()): int(got(paragraph, "ind", "right")) / cell
        for paragraph in part(replace(PAPER, issuer="市委组织部"), "document").iter(f"{W}p")
        if paragraph.find(f"{W}pPr/{W}pStyle[@{W}val='Right']") is not None
    }

    # The date takes six and a half cells, the name five: their middles stand on one axis.
    assert rows == pytest.approx({"市委组织部": 4.75, "2026年11月5日": 4.0}, abs=0.01)


def test_pages_are_numbered_outside_odd_right_even_left() -> None:
    sides = {name: got(part(PAPER, name), "jc", "val") for name in ("footer1", "footer2")}
    words = "".join(part(PAPER, "footer1").itertext())
    section = part(PAPER, "document")
    kinds = {
        one.attrib[f"{W}type"]: next(value for key, value in one.attrib.items() if key.endswith("}id"))
        for one in section.iter(f"{W}footerReference")
    }

    assert sides == {"footer1": "right", "footer2": "left"}
    assert re.fullmatch("— +PAGE +1 —", words)
    assert kinds == {"default": "footer1", "even": "footer2"}
    assert part(PAPER, "settings").find(f"{W}evenAndOddHeaders") is not None
    # The dashes stand in the middle of their line, 7 mm under the text.
    centre = mm(section, "pgMar", "footer") + mm(style("PageNumber"), "pPr/spacing", "line") / 2
    assert round(35 - centre) == 7


def test_red_head_has_its_mark_its_number_and_the_rule_in_red() -> None:
    paper = replace(PAPER, layout=Layout.RED_HEAD)

    assert [row for row in said(paper) if row[1]][:3] == [
        ("RedHead", "示范市直属机关工作委员会文件"),
        ("RedNumber", "市直工整改〔2026〕3号"),
        ("Title", "关于督查发现问题的整改通知"),
    ]
    assert got(style("RedHead"), "rPr/color", "val") == "FF0000"
    assert mm(style("RedHead"), "pPr/spacing", "before") == 35.0
    assert got(style("RedNumber"), "pBdr/bottom", "color") == "FF0000"
    size = int(got(part(paper, "document"), "rPr/sz", "val")) / 2
    assert len("示范市直属机关工作委员会文件") * size * 20 * TWIP <= 156


def test_letter_has_its_number_at_the_right_and_no_page_number_on_the_first_page() -> None:
    paper = replace(PAPER, layout=Layout.LETTER)

    assert [row for row in said(paper) if row[1]][:3] == [
        ("LetterHead", "示范市直属机关工作委员会文件"),
        ("Right", "市直工整改〔2026〕3号"),
        ("Title", "关于督查发现问题的整改通知"),
    ]
    assert part(paper, "document").find(f".//{W}titlePg") is not None
    assert "".join(part(paper, "footer3").itertext()) == ""


def test_same_paper_gives_the_same_bytes() -> None:
    assert docx_of(PAPER) == docx_of(replace(PAPER))
    assert docx_of(PAPER) != docx_of(replace(PAPER, number="市直工整改〔2026〕4号"))


def test_parts_left_empty_do_not_appear() -> None:
    rows = [row for row in said(Paper(title="公示", blocks=(Line("正文。"),))) if row[1]]

    assert rows == [("Title", "公示"), ("", "正文。")]


def test_what_is_typed_cannot_become_markup() -> None:
    rows = said(Paper(title="<w:p/>&\x0b", blocks=blocks_of("a<b>&amp;")))

    assert [words for _, words in rows if words] == ["<w:p/>&", "a<b>&amp;"]
