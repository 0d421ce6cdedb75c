"""Where one household lives: the numbers of building, stairs and room. The estate stays, and so does a building named alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ronghe.text.findings import Kind, Spot

_N = r"[0-9一二三四五六七八九十百]{1,4}"
_TOWER = rf"(?:第?(?:[A-Za-z]-?)?{_N}(?:-{_N})?[A-Za-z]?(?:号楼|栋|幢|座|#楼?)|[A-Za-z](?:栋|幢|座))"
_NUMBER = rf"{_N}(?:-{_N})?号"
_STAIRS = rf"{_N}(?:单元|门|梯)"
_FLOOR = rf"(?:[ ,-]?{_N}[层楼])?"
_AFTER_TOWER = r"(?:\d{3,4}号(?![楼院线路栋门商店铺]))"
_CALLED = r"(?:[A-Za-z]?\d{2,4}[A-Za-z]?(?:室|房(?![屋子间源价产])))"
_BARE = r"(?:\d{3,4}(?![0-9年月日元户人个平米㎡余万亿%:号楼栋幢套间门商店铺.~-]))"
_HOUSEHOLD = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_TOWER}[ ,-]?(?:{_STAIRS})?{_FLOOR}[ ,-]?(?:{_CALLED}|{_AFTER_TOWER}|{_BARE})"
    rf"|(?P<number>{_NUMBER})[ ,-]?(?:{_STAIRS})?{_FLOOR}[ ,-]?{_CALLED}"
    rf"|{_STAIRS}{_FLOOR}[ ,-]?(?:{_CALLED}|{_BARE})"
    rf"|\d{{1,3}}-(?:\d{{1,2}}-)?\d{{3,4}}(?:室|房)|[A-Za-z]?\d{{3,4}}室)"
)
_VILLAGE = re.compile(rf"(?<=[村屯])[^,。;\n]{{0,6}}?(?P<number>(?:{_N})?[组队社])[ ,]?{_N}号(?!楼)")
_STREET = tuple("路街道巷里")
_OFFICE = re.compile(
    r"(?:办公|窗口|大厅|接待|受理|办理|服务中心|法院|检察院|派出所|会议|注册地|经营地|公司|[局委科股处](?:地址)?:?|商铺|店铺)[^。;\n]{0,30}$"
)
_OFFICE_AFTER = re.compile(
    r"[^。;\n]{0,16}(?:邮编|邮政编码|(?<!业主)(?<!居民)委员会|管理局|人民政府|居委用房|活动室|值班室|档案室)"
)
_HOME = re.compile(r"(?:家住|住址|住在|居住|我家|本人|自家|业主|住户|租住|入住)[^。;\n]{0,30}$")
_LOOK_BACK = 44
_IS_NUMBER = re.compile(r"[0-9A-Za-z一二三四五六七八九十百]")


def find_rooms(plain: str) -> Iterator[Spot]:
    """Rooms with the building and stairs written before them; an office's own address is public."""
    for found in (*_HOUSEHOLD.finditer(plain), *_VILLAGE.finditer(plain)):
        start, end = found.span()
        past = plain[max(0, start - _LOOK_BACK) : start]
        is_office = _OFFICE.search(past) or _OFFICE_AFTER.match(plain, end)
        if not is_office or _HOME.search(past):
            is_street = found["number"] and (found.re is _VILLAGE or past.endswith(_STREET))
            first = found.end("number") if is_street else start
            yield Spot(Kind.ROOM, first, end, {at for at in range(first, end) if _IS_NUMBER.match(plain[at])})
