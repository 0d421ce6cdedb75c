"""Which kind of matter a text sounds like; only a suggestion."""

import pytest

from ronghe.text.kinds import Voice, voice_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我公司厂区门前的道路上周开始施工，货车进不来。", Voice.ENTERPRISE),
        ("小区门口的路灯坏了三天，老人晚上看不见路。", Voice.RESIDENT),
        ("举报某局工作人员吃拿卡要，推诿不作为。", Voice.COMPLAINT),
        ("请问什么时候上班", None),
        ("我公司旁边的小区", None),
        ("", None),
    ],
)
def test_voice(text: str, expected: Voice | None):
    assert voice_of(text) == expected
