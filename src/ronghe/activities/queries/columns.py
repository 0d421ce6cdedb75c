"""What people write over the columns of tables of activities, and what each means; and the rows of units that came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ronghe.core.forms import Form
from ronghe.core.tables.heading import plain_heading

ALIASES: Mapping[str, Sequence[str]] = {
    "no": ("序号", "编号"),
    "title": ("名称", "活动名称", "主题", "活动主题", "会议名称", "议题", "标题"),
    "kind": ("类别", "活动类别", "活动类型", "类型", "活动形式", "形式", "会议类型"),
    "state": ("状态", "开展情况", "是否开展"),
    "begins": ("时间", "开始时间", "活动时间", "开展时间", "会议时间", "召开时间", "开始"),
    "day": ("日期", "活动日期", "开展日期", "会议日期"),
    "ends": ("结束时间", "结束"),
    "place": ("地点", "活动地点", "会议地点", "开展地点"),
    "organisers": (
        "组织单位",
        "支部",
        "党支部",
        "支部名称",
        "党支部名称",
        "单位",
        "单位名称",
        "主办单位",
        "组织者",
    ),
    "people": ("人数", "参加人数", "参与人数", "到会人数", "参会人数", "实到人数"),
    "about": ("涉及单位", "走访企业", "企业", "企业名称", "对象"),
    "guides": ("列席指导", "列席单位", "指导单位"),
    "content": ("内容", "活动内容", "主要内容", "活动情况", "会议情况", "情况", "基本情况"),
}
CODES = {plain_heading(word): code for code, words in ALIASES.items() for word in words}
OTHERS = Form.parse(
    [
        {
            "field": "others",
            "title": "其他单位参加",
            "type": "rows",
            "max": 30,
            "form": [
                {"field": "unit", "title": "单位", "type": "organisation"},
                {"field": "count", "title": "人数", "type": "number", "max": 100000},
            ],
        }
    ]
)
"""Units that took part, each with how many came."""
