"""Who speaks in a text, told by its words: only to suggest which kind of matter it is, never to decide."""

from __future__ import annotations

import re
from enum import StrEnum


class Voice(StrEnum):
    """For a firm, about somebody's conduct, or for oneself."""

    ENTERPRISE = "enterprise"
    COMPLAINT = "complaint"
    RESIDENT = "resident"


CUES: dict[Voice, re.Pattern[str]] = {
    Voice.ENTERPRISE: re.compile(
        "(我|本|我们|该|贵)?(公司|企业)|我司|[我本]厂|厂区|厂房|园区|车间|产线|投产|订单|招工|营业执照|开票|出口|货车"
    ),
    Voice.COMPLAINT: re.compile(
        "举报|控告|检举|信访|贪污|受贿|行贿|索要|吃拿卡要|以权谋私|不作为|乱作为|滥用职权|打击报复|违纪|态度恶劣|推诿"
    ),
    Voice.RESIDENT: re.compile(
        "小区|物业|业主|居民|邻居|我家|孩子|老人|学位|入学|上学|路灯|噪音|公交|菜市场|社区|楼道|电梯|医保|社保|公积金|落户"
    ),
}


def voice_of(text: str) -> Voice | None:
    """The voice most words speak for; None when none does or two do alike."""
    found = sorted(((len(cue.findall(text)), voice) for voice, cue in CUES.items()), reverse=True)
    (most, voice), (next_most, _) = found[:2]
    return voice if most > next_most else None
