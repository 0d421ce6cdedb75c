"""`ronghe clock`: one JSON object, words for people, and refusals that say what to write."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.unit


def run(*args: str) -> str:
    out = StringIO()
    call_command("clock", *args, stdout=out)
    return out.getvalue()


def test_json_is_one_object_with_its_keys() -> None:
    report = json.loads(run("2026-10-08", "2 工作日", "--at", "2026-10-09", "--format", "json"))

    assert report == {
        "due": "2026-10-10T18:00:00+08:00",
        "elapsed": 1,
        "remaining": 1,
        "late": 0,
        "provisional": False,
        "light": "yellow",
        "days": [
            {"date": "2026-10-08", "counted": False, "n": 0, "reason": "起算日不计"},
            {"date": "2026-10-09", "counted": True, "n": 1, "reason": "第1个工作日"},
            {
                "date": "2026-10-10",
                "counted": True,
                "n": 2,
                "reason": "第2个工作日（国庆节调休上班，计入）；18:00 到期",
            },
        ],
    }


def test_text_says_what_is_left_and_why() -> None:
    words = run(
        "2026-10-08",
        "2 工作日",
        "--pause",
        "2026-10-09..2026-10-10",
        "--extend",
        "1 工作日",
        "--at",
        "2026-10-12",
    )

    left, why = words.splitlines()[:2]
    assert left == "还剩 1 个工作日（10月13日 周二 下班前）"
    assert why == (
        "从2026年10月8日（周四）次日起算；期限3 个工作日（含延期 +1 工作日）；10月10日调休上班计入；"
        "暂停1 个工作日不计；故2026年10月13日（周二） 18:00 到期。"
    )


def test_now_is_used_when_no_moment_is_given() -> None:
    assert json.loads(run("2020-01-02", "2 工作日", "--format", "json"))["light"] == "red"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("2026-02-30", "5 工作日"), "没有“2026-02-30”这个日期或时刻，请写成 2026-09-25"),
        (("2026-02-03", "5 天"), "单位“天”不认识；请写成“5 工作日”"),
        (("2026-02-03", "-5 工作日"), "不能是负数"),
        (("2026-02-03", "5 工作日", "--pause", "2026-02-05..2026-02-04"), "恢复早于开始"),
        (("2026-02-03", "5 工作日", "--at", "昨天"), "看不懂时间“昨天”"),
    ],
)
def test_bad_input_ends_with_2_and_says_what_to_write(args: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(*args)

    assert refused.value.returncode == 2
    assert said in str(refused.value)
