"""A reply read before it is sent: what is missing, what must not be in it, what reads badly. It advises; a person sends.

Only an empty required part and somebody else's personal data stop a reply. Matters of style never do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from ronghe.text.flat import flat
from ronghe.text.masking import Finding, Kind, findings
from ronghe.text.promises import Promise, promises
from ronghe.text.similarity import pairs_of

__all__ = ["Part", "Promise", "Remark", "Severity", "check_reply", "promises"]

SHORT = 50  # a reply of fewer letters rarely answers anything
TAKEN_UP = 0.05  # the share of a point's words that a reply to it takes up again
MOST_POINTS = 3
LITTLE = 14  # letters; what is left of a reply that says nothing of its own is less


class Severity(StrEnum):
    """`block`: cannot be sent so. `ask`: sent once somebody says that it is meant so. `hint`: only shown."""

    BLOCK = "block"
    ASK = "ask"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Remark:
    """What was noticed in the reply from `start` to `end` (both 0: in the whole), and what to do, in plain words."""

    code: str
    message: str
    start: int
    end: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a reply as its template has it, with what was written into it."""

    title: str
    text: str
    required: bool = True


def check_reply(question: str, reply: str, parts: Iterable[Part] = ()) -> tuple[Remark, ...]:
    """The remarks on a reply, the gravest first, then by place."""
    plain = flat(reply)
    remarks = [
        *_empty_parts(parts),
        *_personal(question, reply),
        *_unfilled(plain),
        *(_empty(plain) or _unanswered(flat(question), plain)),
        *_vague(plain),
        *_address(plain),
        *_units(plain),
    ]
    order = list(Severity)
    return tuple(sorted(remarks, key=lambda one: (order.index(one.severity), one.start, one.end, one.code)))


def _empty_parts(parts: Iterable[Part]) -> Iterator[Remark]:
    for part in parts:
        if part.required and not part.text.strip():
            yield Remark("part-empty", f"“{part.title}”还没有写。请写好再发出。", 0, 0, Severity.BLOCK)


_GRAVE = frozenset({Kind.MOBILE, Kind.IDENTITY, Kind.CARD, Kind.PLATE})
_OWN = "这里写了来信里提到过的{}。答复公开时会自动遮盖；如无必要，请删去。"
_OTHERS = "这里有别人的{}，不能发给来信人。请删去；要留联系方式，请写单位的办公电话。"
_MAYBE = "这里像是个人的{}。请确认可以告诉来信人，否则请删去，或改成单位的。"


def _personal(question: str, reply: str) -> Iterator[Remark]:
    asked, seen = _bare(question), set()
    for found in findings(reply, by_office=True):
        value = _bare(reply[found.start : found.end])
        if value in seen or (found.kind is Kind.NAME and _is_greeting(reply, found)):
            continue
        seen.add(value)
        code, severity, message = "personal-maybe", Severity.ASK, _MAYBE
        if value in asked:
            code, message = "personal-own", _OWN
        elif found.kind in _GRAVE:
            code, severity, message = "personal", Severity.BLOCK, _OTHERS
        yield Remark(code, message.format(found.kind.label), found.start, found.end, severity)


def _bare(text: str) -> str:
    return re.sub(r"[ .\-·]", "", flat(text)).lower()


def _is_greeting(reply: str, found: Finding) -> bool:
    """Whether the name is how the reply addresses its reader: near the beginning, before a colon or 您好."""
    after = flat(reply[found.end : found.end + 8])
    return (
        found.start < 40
        and re.match(
            r"(?:先生|女士|小姐|同志|老师)?[:,]? ?(?:您好|你好|:)|(?:先生|女士|小姐|同志|老师)[:,]", after
        )
        is not None
    )


_BLANK = re.compile(
    r"\{[a-z][a-z_.-]{0,20}\}|[×xX]{2,}(?=[年月日号局街先女])|_{3,}|先生/女士|女士/先生|\(?此处(?:填写|插入)[^)。]*\)?"
)


def _unfilled(plain: str) -> Iterator[Remark]:
    for blank in _BLANK.finditer(plain):
        message = f"“{blank.group()}”像是还没有填的空。请填好，或者删去。"
        yield Remark("unfilled", message, *blank.span(), Severity.ASK)


_COURTESY = re.compile(
    r"收悉|已?收到|已阅|感谢|谢谢|祝[您你大]|谅解|欢迎|(?:答复|回复|告知|函复|说明|汇报)如下|如下$|[现特]此?(?:答复|回复|告知|函复)|高度重视|支持$|(?:您|你)们?好"
    r"|^(?:关于|针对|对于|就)?(?:您|你|网友|网民)?(?:您|你|网友|来信|在平台|通过)[^已将经]{0,40}(?:反映|反应|咨询|提出|投诉|留言|来信|帖)[^已将经]*$|网友|网民|^(?:尊敬的)?.{0,6}(?:同志|先生|女士)$"
    r"|^\d{4}[年.]\d{1,2}[月.]\d{1,2}日?$|^.{2,16}(?:局|委|办|室|街道|政府|中心|宣传部)(?:\d{4}年\d{1,2}月\d{1,2}日)?$"
)
_PASSING_ON = re.compile(
    r"(?:请|建议|可以?|您也|随时|欢迎)(?:您|你|网友|直接)*.{0,16}(?:咨询|联系|反映|致电|拨打|拔打|前往|关注|登录|了解|投诉|来电|提供)"
    r"|转(?:交|办|至|给|送|达|呈|有关|相关|由|市|县|区|[A-Z]\d)|移交|报送|批转|交(?:由|办|有关|相关)|函告|发函|不属于?我[局委办镇区县市]|不便公开"
    r"|(?:正在|将|会|立即|进一步|责成).{0,14}(?:调查|核实|了解|研究|跟进|办理|核处|处理|反馈|回复|答复)(?:[、和及]?(?:处理|核实|落实|办理|中|后|回复|答复|反馈|发布|上网))*$"
    r"|^(?:联系|咨询|办公|值班|服务)?(?:电话|地址|联系人)|^.{0,6}(?:电话|号码)"
)


def _empty(plain: str) -> list[Remark]:
    """What is said when courtesy and passing on are taken away; at most one remark."""
    clauses = [
        _letters(clause) for clause in re.split(r"[。!?;,:\n]", re.sub(r"“[^”]*”|《[^》]*》", "", plain))
    ]
    passed = [clause for clause in clauses if _PASSING_ON.search(clause)]
    own = [clause for clause in clauses if not _COURTESY.search(clause) and clause not in passed]
    said = sum(map(len, own))
    if passed and said < LITTLE:
        message = "答复只说了转给谁、请找谁或正在了解，没有回答问题。请写明结果；要别的单位办的，请转办或征求协办意见，不要让来信人自己去找。"
        return [Remark("passed-on", message, 0, 0, Severity.ASK)]
    if said < LITTLE / 2 and clauses != [""]:
        message = "答复里只有客套话，没有回答来信的问题。请写明查到了什么、怎么办、什么时候办好。"
        return [Remark("only-courtesy", message, 0, 0, Severity.ASK)]
    if len(_letters(plain)) < SHORT:
        message = f"答复不到 {SHORT} 个字，可能没有把事情说清楚。请写明查到了什么、怎么办、什么时候办好。"
        return [Remark("short", message, 0, 0, Severity.ASK)]
    return []


def _letters(plain: str) -> str:
    return "".join(char for char in plain if char.isalnum())


_POINT = re.compile(
    r"(?:^|(?<=[。;:?!,\s]))(?:\d{1,2}(?:、|\.(?!\d)|\.(?=\d{1,2}月)|\)|,(?=\D))|[一二三四五六七八九十]{1,2}、|第[一二三四五六]点?[,、:]|[一二三四五六](?:是|来))"
    r"|\((?:\d{1,2}|[一二三四五六七八九十]{1,2})\)|[①-⑩]"
)
_ASKED = re.compile(r"[^。!?;\n,]{0,40}[,]?[^。!?;\n,]{4,}\?")
_COMMON = re.compile(
    r"请问|什么|怎么|如何|是否|为何|能否|可以|我们|你们|他们|希望|领导|有关|部门|相关|问题|是不是|有没有|这个|那个|一下|还是|就是|没有|应该|不能|需要|解决|处理|情况|时候|进行"
)


def _unanswered(question: str, plain: str) -> Iterator[Remark]:
    """The points whose words the reply does not take up: numbered ones are asked about, mere questions only hinted at."""
    points, numbered = _points(question)
    if len(points) < 2 or len(_POINT.findall(plain)) >= len(points):
        return
    answer = pairs_of(plain)
    left = [number for number, point in enumerate(points) if not _is_taken_up(point, answer)]
    for number in left[:MOST_POINTS]:
        point = points[number]
        short = point if len(point) <= 24 else point[:23] + "…"
        message = f"来信的第 {number + 1} 点“{short}”好像没有回应。请补上；确实不必答的，可以照发。"
        yield Remark("not-taken-up", message, 0, 0, Severity.ASK if numbered else Severity.HINT)


def _is_taken_up(point: str, answer: AbstractSet[str]) -> bool:
    told = re.split(r"[的了是在和与吗呢]", _COMMON.sub(" ", point))
    words = frozenset(pair for run in told for pair in pairs_of(run))
    return len(words) < 4 or len(words & answer) / len(words) >= TAKEN_UP


def _points(question: str) -> tuple[list[str], bool]:
    """What a letter asks, point by point, and whether it numbered them: its numbered points, else its questions."""
    marks = list(_POINT.finditer(question))
    if numbered := len(marks) >= 2:
        ends = [mark.start() for mark in marks[1:]] + [len(question)]
        found = [question[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
        found[-1] = found[-1].strip().partition("\n")[0]
    else:
        found = [asked.group() for asked in _ASKED.finditer(question)]
    points = [point.strip(" \n,。;:?") for point in dict.fromkeys(found)]
    return [point for point in points if len(_letters(point)) >= 4], numbered


_VAGUE = re.compile(r"近期|近日|不日|适时|择期|尽快|尽早|早日|第一时间|条件成熟(?:时|后)")


def _vague(plain: str) -> Iterator[Remark]:
    found = _VAGUE.search(plain)
    if found:
        message = f"“{found.group()}”没有说到哪一天。能定的话，请写明日期。"
        yield Remark("vague-time", message, *found.span(), Severity.HINT)


_MISWRITTEN = {
    "您们": "您", "您门": "您", "你门": "您", "您号": "您好", "你号": "您好", "女土": "女士", "女仕": "女士", "先声": "先生", "先森": "先生",
    "尊敬得": "尊敬的", "尊静的": "尊敬的", "同智": "同志", "敬礼!敬礼": "敬礼", "您好!您好": "您好",
}  # fmt: skip
_WRONG = re.compile("|".join(map(re.escape, _MISWRITTEN)))
_PLAIN_YOU = re.compile(r"你(?!们|方|单位|公司|厂|村|校|局)")


def _address(plain: str) -> Iterator[Remark]:
    for wrong in _WRONG.finditer(plain):
        message = f"“{wrong.group()}”应写作“{_MISWRITTEN[wrong.group()]}”。"
        yield Remark("miswritten", message, *wrong.span(), Severity.HINT)
    you = _PLAIN_YOU.search(plain)
    if you and plain[you.start() : you.start() + 2] not in _MISWRITTEN:
        message = "称呼来信人请用“您”。" if "您" not in plain else "前面用“您”，这里用“你”，请统一用“您”。"
        yield Remark("plain-you", message, *you.span(), Severity.HINT)


_SELF = re.compile(
    r"(?:(?<=^)|(?<=[,。;:!?、\s由经向与和是]))(?:我|本)(局|委(?!托|员|派)|办(?!理|公室|事|法)|镇|街道|中心|院|厅|支队|大队)(?![长里])"
)


def _units(plain: str) -> Iterator[Remark]:
    found = list(_SELF.finditer(plain))
    kinds = list(dict.fromkeys(one.group(1) for one in found))
    if len(kinds) > 1:
        other = next(one for one in found if one.group(1) == kinds[1])
        message = f"前面自称“我{kinds[0]}”，这里又写“{other.group()}”。请确认是哪个单位，前后一致。"
        yield Remark("unit-words", message, *other.span(), Severity.HINT)
