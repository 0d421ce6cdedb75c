"""Names of people, where a word beside them says that a name stands there. The surname stays: 王小明 becomes 王某某.

A name without such a word is not found: in Chinese it cannot be told from other words by rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ronghe.text.findings import Kind, Spot
from ronghe.text.flat import is_han
from ronghe.text.wordlists import COMPOUND_SURNAMES, GIVEN, NOT_NAMES, PARTICLES, SURNAMES, WORD_SURNAMES

_MARK = r"[ ]?[:是叫为(（ ]{0,2}[“\"]?"
_SURE = re.compile(
    r"(?:我叫|名叫|叫做|姓名|联系人|经办人|承办人|投诉人|举报人|申请人|信访人|反映人|来信人|来访人|留言人|法定代表人|法人代表|法人|负责人"
    rf"|户主|当事人|原告|被告|死者|伤者|尊敬的){_MARK}"
)
_LIKELY = re.compile(
    r"(?:本人|我是|业主|住户|村民|居民|市民|网民|家长|学生|职工|员工|老人|司机|车主|房东|邻居|租客|患者|病人|战友|老板|丈夫|妻子|老公|老婆"
    rf"|儿子|女儿|父亲|母亲|爱人|哥哥|弟弟|姐姐|妹妹){_MARK}"
)
_TITLE = re.compile(r"先生|女士|小姐|同志|老师|师傅|医生|阿姨|大爷")
_AFTER = frozenset(
    "的是在于住与和及同跟向对从因由为被将把给等有已未不没也又便就说称诉反要购买租借打户现今年原系均曾自驾男女身电手联邮地家您你我他她等从到去来开到经拖欠承就因与之其认表提下上投写发收申起签办出至致以"
)


_AND = frozenset("、和及与")
_OFFICIAL = re.compile(
    r"(?:书记|[市县区局镇乡厅处部]长|总工程师|(?<!班)主任|主席|委员|代表|局|街道|办公室|派出所|[中大]队)$"
)


def find_names(plain: str) -> Iterator[Spot]:
    """Full names after a cue (本人, 我叫, 联系人, 业主) or before a title (先生, 女士, 同志), and wherever they stand again.

    One who is named with a public office (市长、书记、主任) and a title is left: that is no private matter.
    """
    told = set()
    for start, end in (*_after_cues(plain), *_before_titles(plain)):
        told.add(plain[start:end])
        yield _spot(plain, start, end)
    for name in sorted(told, key=len, reverse=True):
        for again in re.finditer(re.escape(name), plain):
            after = plain[again.end() : again.end() + 1]
            if len(name) > 2 or not is_han(after) or after in _AFTER:  # 李强 is not in 李强调
                yield _spot(plain, *again.span())


def _after_cues(plain: str) -> Iterator[tuple[int, int]]:
    for found in (*_SURE.finditer(plain), *_LIKELY.finditer(plain)):
        cue, start = found.group(), found.end()
        is_sure = cue.endswith((":", "叫")) or (found.re is _SURE and not cue.endswith("人"))
        end = _end_of_name(plain, start, is_sure=is_sure)
        while end and (is_sure or not _is_word(plain, start, end)):
            yield start, end
            is_more = plain[end : end + 1] in _AND  # 业主王小明、李建国
            start, is_sure = end + 1, False
            end = _end_of_name(plain, start, is_sure=False) if is_more else None


def _before_titles(plain: str) -> Iterator[tuple[int, int]]:
    for found in _TITLE.finditer(plain):
        start = _start_of_name(plain, found.start())
        if start is not None and not _OFFICIAL.search(plain[max(0, start - 4) : start]):
            yield start, found.start()


def _is_word(plain: str, start: int, end: int) -> bool:
    return plain[start] in (WORD_SURNAMES if end == start + 2 else PARTICLES)


def _spot(plain: str, start: int, end: int) -> Spot:
    return Spot(Kind.NAME, start, end, range(start + _surname(plain, start), end))


def _surname(plain: str, at: int) -> int:
    """How long the surname is that stands here; 0: none."""
    if plain[at : at + 2] in COMPOUND_SURNAMES:
        return 2
    return int(plain[at : at + 1] in SURNAMES)


def _end_of_name(plain: str, at: int, *, is_sure: bool) -> int | None:
    """Where the name ends that begins here: the longest after which something else clearly begins."""
    for length in (2, 1):
        end = at + _surname(plain, at) + length
        after = plain[end : end + 1]
        stops = not is_han(after) or after in _AFTER or _TITLE.match(plain, end)
        if stops and end <= len(plain) and _is_name(plain[at:end], length, is_sure=is_sure):
            return end
    return None


def _start_of_name(plain: str, end: int) -> int | None:
    """Where the name begins that ends here: the longest that reads as one."""
    for start in range(max(0, end - 4), end - 1):
        name, given = plain[start:end], end - start - _surname(plain, start)
        is_word = plain[start] in WORD_SURNAMES and (len(name) == 2 or _surname(plain, start + 1))
        in_word = plain[max(0, start - 1) : start + 1] in NOT_NAMES
        if not is_word and not in_word and _is_name(name, given):
            return start
    return None


def _is_name(name: str, length: int, *, is_sure: bool = False) -> bool:
    """Whether a surname and so many letters of a given name read as a name; sure of it, any letters will do."""
    given = name[len(name) - length :]
    if not 1 <= length <= 2 or len(name) == length or len(given) != length:
        return False
    if name[:2] in NOT_NAMES or name[-2:] in NOT_NAMES or "某" in given:
        return False
    return all(map(is_han, given)) and (is_sure or all(char in GIVEN for char in given))
