"""The words that roles, keys, types and outcomes of the notation are told in on pages."""

from __future__ import annotations

ROLES = {
    "requester": "诉求人",
    "opener": "发起人",
    "first-receiver": "首接单位",
    "responsible": "承办单位",
    "assignee": "经办人",
    "lane": "协办单位",
    "co-handlers": "协办单位",
    "chosen": "选定的单位",
    "holder": "当前承办单位",
    "head": "单位负责人",
    "superior": "上级领导",
    "inspector": "督查人员",
    "triage": "分办中心",
    "public": "公众",
    "about": "所涉对象",
    "organiser": "组织单位",
    "judge": "评判人",
    "case": "办件",
    "staff": "工作人员",
    "resident": "群众",
    "enterprise": "企业",
    "any": "任何人",
    "person": "个人",
}
WORDS = {
    "handle": "办理", "lead": "领导", "triage": "分办", "oversee": "督查", "administer": "管理", "reveal": "查看身份",
    "file": "代为登记", "manage": "管理本单位", "roll": "名册", "government": "政府序列", "party": "党组织序列", "teams": "队伍", "others": "其他",
    "open": "承办单位看得到诉求人", "protected": "诉求人身份受保护", "day": "每天", "week": "每周", "month": "每月",
    "quarter": "每季度", "half-year": "每半年", "year": "每年", "closed": "办结时", "refuse": "不准重复", "flag": "提示重复",
    "opened": "提出之日", "accepted": "受理之日", "confirmed": "已核实", "advice": "仅供参考", "title": "标题", "reply": "答复",
    "requester.identity": "诉求人身份", "reason": "理由", "mean": "平均", "identity": "身份信息", "unit": "承办单位", "organisation": "单位", "post": "岗位", "register": "台账",
    "name": "名称", "number": "编号", "district": "辖区", "result": "结果", "round": "轮次", "step": "环节", "attachments": "附件",
    "evidence": "佐证", "state": "状态", "stage": "阶段", "parent": "上级", "begins": "开始", "ends": "结束", "credit-code": "统一社会信用代码",
    "rated": "评价", "members": "成员", "from": "一方", "to": "另一方", "actual": "实际", "plan": "计划", "target": "目标", "late": "超期",
    "phone": "电话", "due": "期限", "done": "完成", "true": "是", "false": "否", "choose": "选定", "chosen": "选定的单位", "share": "比例", "median": "中位数", "all": "全部内容",
}  # fmt: skip
TYPES = {
    "text": "文字", "number": "数字", "money": "金额", "date": "日期", "yes-no": "是或否", "choice": "选一项", "choices": "选几项",
    "checks": "逐项勾选", "rows": "表格", "files": "附件", "place": "地点", "condition": "条件",
}  # fmt: skip
OUTCOMES = {
    "accept": "受理", "transfer": "转办", "decline": "不予受理", "return": "退回", "ready": "办理完毕", "joint": "征求协办意见",
    "send": "发出", "revise": "退回修改", "done": "完成", "pass": "通过", "fail": "不通过", "withdraw": "撤回", "submit": "提交",
    "answered": "已答复", "declined": "不予受理", "withdrawn": "已撤回", "solved": "已解决", "upheld": "成立", "clear": "无异议",
}  # fmt: skip
LABELS = {
    "source": "依据", "basis": "文件", "because": "因何修订", "about": "关于", "requester": "谁可以提", "identity": "身份",
    "limit": "时限", "limit_from": "时限起算", "number": "编号", "lights": "临期提示", "escalate": "提醒催办", "seen_by": "谁看得到",
    "in": "设在", "held_by": "由谁担任", "may": "可以", "term": "任期", "tree": "所属序列", "seats": "岗位", "life": "办理程序", "on_loan": "党员另有所属支部",
    "from": "从", "to": "到", "mutual": "相互", "one_per": "不得重复", "judges": "评什么", "by": "由谁", "when": "何时", "within": "时限内",
    "combine": "汇总", "verdict": "结果运用", "hides": "不公开", "each": "每隔", "holders": "由谁承担", "every": "多久一次",
    "satisfied_by": "做到什么算完成", "shows": "公示内容", "signs": "签发环节", "stands": "公示多久", "of": "考核谁", "measures": "怎么数",
    "value": "怎么算", "as": "精度", "window": "统计期", "empty": "没有数时", "score": "得分", "requires": "前提", "gives": "产生",
    "fresh_for": "多久更新", "applies_to": "适用于", "standing": "核实情况", "with": "参加人", "counts_as": "同时算作",
    "quantities": "数量", "answers": "可以怎样反映", "template": "模板", "examples": "算例", "periods": "期间", "groups": "分组",
    "bonus": "加分", "deduct": "扣分", "bands": "等次", "publish": "公布", "over_tree": "汇总到上级", "holder": "由谁", "draw": "抽取", "layout": "版式",
    "negative": "负面清单", "panel": "评审组", "size": "几人", "least": "至少", "recuse": "须回避", "strata": "分层", "quorum": "到会", "share": "比例",
}  # fmt: skip
