"""What is expected of single addresses where the general rules of `examine` do not say it. Each line has its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.matrix.knowledge import Knowledge
from tests.matrix.roles import IMPORTER, LENDER, LINKED, SUBMITTED, Role

# Figures of the whole city that everybody may read: they count what their reader may not open.
PUBLISHED: Mapping[str, str] = {
    "stats": "统计数字按台账全数计算，点开只见本人看得到的件",
    "stats-entries": "只列本人看得到的件，总数是公布的数字",
    "bulletin": "通报的数字按台账全数计算，列出的件只限本人看得到的",
    "bulletin-trend": "同上，按月",
    "bulletin-issued": "同上，印发后不再变化",
    "checks-record": "抽取的件数和承诺值对所有人公开，列出的件只限本人看得到的",
    "checks-draw": "抽取过程可由任何人重算，列出的件只限本人看得到的",
    "public-units": "各单位办理情况按台账全数计算，不列任何件",
    "public-units-csv": "同上，表格",
    "submit-similar": "公开过的答复人人可看，只露按定义公开的标题和答复",
    "public-answers": "按定义公开的标题和答复，遮盖后人人可看",
    "public-answer": "同上，一件",
    "public-deeds": "按定义公开的承诺事项",
    "public-calls": "按定义公开的榜单",
    "programme": "专项行动的数字按台账全数计算，点开只见本人看得到的件",
    "public-unit": "同上，只列按定义公开的标题和答复",
    "calendar-feed": "地址就是钥匙：谁拿着都只看到本人的待办",
}
# Addresses that answer for a hidden case, as for one that never was, with something else than 404.
ABSENT_OTHERWISE: Mapping[str, int] = {"triage-case": 302, "case-preview": 302}
# Acts on a case by whoever sees it without answering it: the powers that allow them.
ACTED_ON_BY: Mapping[str, frozenset[str]] = {
    "case-reveal": frozenset({"reveal"}),
    "case-urge": frozenset({"oversee", "first-receiver"}),
    "supervision-urge": frozenset({"oversee"}),
    "case-supervise": frozenset({"oversee"}),
    "triage-case": frozenset({"triage"}),
    "triage": frozenset({"triage"}),
}
# Addresses where the way a case is known decides, not whether it is seen.
MET: Mapping[str, Callable[[Role, str], bool]] = {
    "receipt": lambda role, key: key == SUBMITTED and key in role.follows,
    "file-slip": lambda role, key: key in role.filed,
}
# Things that belong to somebody; for everybody else whom the rule lets in they do not exist.
OWNED: Mapping[str, Callable[[Knowledge, Role], bool]] = {
    "import-preview": lambda _knowledge, role: role.name == IMPORTER,
    "import-result": lambda _knowledge, role: role.name == IMPORTER,
    "import-download": lambda _knowledge, role: role.name == IMPORTER,
    "claim": lambda knowledge, role: knowledge.settles(role),
    "my-delegate": lambda _knowledge, role: role.name == "企业负责人",
    "my-enterprise-end": lambda _knowledge, role: role.name == "企业负责人",
    "delegation-end": lambda _knowledge, role: role.name == "环境局长",
    "filter-rename": lambda _knowledge, role: role.name == "环境局长",
    "filter-remove": lambda _knowledge, role: role.name == "环境局长",
    "inbox-message": lambda _knowledge, role: role.name == "管家甲",
    "hook": lambda _knowledge, role: role.name == "环境局长",
    "hook-change": lambda _knowledge, role: role.name == "环境局长",
    "factor": lambda _knowledge, role: role.name == "环境局长",
    "device-end": lambda _knowledge, role: role.name == "环境局长",
    "token-end": lambda _knowledge, role: role.name == "环境局长",
    "provider-unlink": lambda _knowledge, role: role.name == "环境局长",
    "check": lambda knowledge, role: role.name == knowledge.world.checker,
    **{
        f"paper{act}": lambda knowledge, role: knowledge.acts_in(role, "zjj")
        for act in ("", "-edit", "-sign", "-return", "-withdraw", "-docx", "-pdf", "-pdf-state")
    },
}
# A link is enough to follow the case it was made for.
BEARER: Mapping[str, str] = {"link": LINKED}
# An address that is somebody's key: it tells what they may know, and of that the numbers only.
LENT: Mapping[str, tuple[str, frozenset[str]]] = {"calendar-feed": (LENDER, frozenset({"number"}))}
# Where a protected identity is opened, to who may and gives a reason.
REVEALING = frozenset({"case-reveal"})
# What would use up the world's own.
NOT_POSTED = frozenset({("import-preview", IMPORTER)})
# Addresses that give nobody anything in this world, and why.
EMPTY: Mapping[str, str] = {
    "test-messages": "只在演示系统里有",
    **dict.fromkeys(("api-root", "api-nothing"), "接口下没有的地址，一律没有"),
    **dict.fromkeys(("provider-begin", "provider-back", "provider-link"), "这里没有接别的登录系统"),
    **dict.fromkeys(
        ("members", "members-branch", "members-in", "members-out"),
        "这里没有人管名册，名册另有一张表：tests/www/test_rolls.py",
    ),
    **dict.fromkeys(
        ("panel", "panel-close", "review-recuse"),
        "这里没有评审组，谁看得到另有一张表：tests/www/test_panels.py",
    ),
    **dict.fromkeys(
        ("review-file", "register-entry-file"),
        "这里没有带文件的回答，谁取得到另有一张表：tests/www/test_answer_files.py",
    ),
    **dict.fromkeys(
        ("admin-hours-moved", "admin-hours-moved-file"),
        "这里没有公布过办公时间，谁看得到另有一张表：tests/www/test_hours.py",
    ),
    "my-device-end": "这里的人没有别的设备登录着，另有一张表：tests/www/test_visitor_devices.py",
    "review": "这里没有请谁评判的事，谁看得到另有一张表：tests/www/test_reviews.py",
    "recovery-file": "只在刚生成备用码以后有",
}
