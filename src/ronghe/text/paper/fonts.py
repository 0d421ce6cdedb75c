"""The typefaces of official papers, and under which other names a machine may have them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Face:
    """A typeface by its usual name; `also`: what it is called elsewhere, the nearest first. `like`: its free stand-ins."""

    name: str
    also: tuple[str, ...]
    like: tuple[str, ...]
    panose: str
    family: str = "roman"


SERIF, SANS = ("Noto Serif CJK SC", "Source Han Serif SC"), ("Noto Sans CJK SC", "Source Han Sans SC")
TEXT = Face(
    "仿宋_GB2312", ("仿宋", "FangSong", "FangSong_GB2312", "STFangsong"), SERIF, "02010609060101010101"
)
KAI = Face(
    "楷体_GB2312",
    ("楷体", "KaiTi", "KaiTi_GB2312", "STKaiti"),
    ("AR PL KaitiM GB", "AR PL UKai CN", *SERIF),
    "02010609060101010101",
)
HEI = Face("黑体", ("SimHei", "STHeiti"), SANS, "02010609060101010101", "modern")
TITLE = Face(
    "方正小标宋简体", ("方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "小标宋"), SERIF, "02010601030101010101"
)
SONG = Face("宋体", ("SimSun", "STSong"), SERIF, "02010600030101010101")
LATIN = Face("Times New Roman", ("Liberation Serif",), ("Liberation Serif",), "02020603050405020304")
FACES = (TEXT, KAI, HEI, TITLE, SONG)


def aliases() -> str:
    """A configuration for fontconfig: on a machine without these typefaces their other names, then the free ones."""
    rules = "".join(
        f"<alias binding='same'><family>{face.name}</family><prefer>"
        + "".join(f"<family>{name}</family>" for name in (face.name, *face.also, *face.like))
        + "</prefer></alias>"
        for face in FACES
    )
    return (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<include ignore_missing='yes'>/etc/fonts/fonts.conf</include>{rules}</fontconfig>"
    )
