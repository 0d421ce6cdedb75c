"""The thirteen kinds of definition, and the fixed words their keys may hold."""

from enum import StrEnum


class Kind(StrEnum):
    """What a definition describes; the first key of its document."""

    LIST = "list"
    ORGANISATION = "organisation"
    POST = "post"
    RELATIONSHIP = "relationship"
    REGISTER = "register"
    PROCEDURE = "procedure"
    ACTIVITY = "activity"
    DUTY = "duty"
    JUDGEMENT = "judgement"
    BULLETIN = "bulletin"
    INDICATOR = "indicator"
    SCHEME = "scheme"
    RULE = "rule"

    @property
    def chinese(self) -> str:
        """The official term shown to people."""
        return _CHINESE[self]


_CHINESE = {
    Kind.LIST: "清单",
    Kind.ORGANISATION: "组织类别",
    Kind.POST: "岗位",
    Kind.RELATIONSHIP: "关系",
    Kind.REGISTER: "台账",
    Kind.PROCEDURE: "程序",
    Kind.ACTIVITY: "活动",
    Kind.DUTY: "经常任务",
    Kind.JUDGEMENT: "评判",
    Kind.BULLETIN: "公示通报",
    Kind.INDICATOR: "指标",
    Kind.SCHEME: "考核方案",
    Kind.RULE: "规则",
}


class Tree(StrEnum):
    """Which dated tree organisations of a kind hang in."""

    GOVERNMENT = "government"
    PARTY = "party"
    TEAMS = "teams"
    OTHERS = "others"


class Power(StrEnum):
    """What holding a post allows, within the post's organisation unless said otherwise."""

    HANDLE = "handle"
    LEAD = "lead"
    TRIAGE = "triage"
    OVERSEE = "oversee"
    ADMINISTER = "administer"
    REVEAL = "reveal"
    FILE = "file"
    MANAGE = "manage"
    ROLL = "roll"


class Identity(StrEnum):
    """Whether those who handle a case see who asked (open), or only named roles with a reason (protected)."""

    OPEN = "open"
    PROTECTED = "protected"


class Requester(StrEnum):
    """Who may open a case of a procedure from a public or staff page."""

    ANY = "any"
    RESIDENT = "resident"
    ENTERPRISE = "enterprise"
    STAFF = "staff"


class Nature(StrEnum):
    """What a quantity says: what was done, planned, aimed at, or compared with."""

    ACTUAL = "actual"
    PLAN = "plan"
    TARGET = "target"
    BENCHMARK = "benchmark"


class Each(StrEnum):
    """A calendar word: each such period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


class Standing(StrEnum):
    """Whether the source of a rule was confirmed by a person; advice only warns."""

    CONFIRMED = "confirmed"
    ADVICE = "advice"


# Words a `by`, `tell`, `seen_by` or path may begin with: who somebody is to one case.
ROLES = frozenset(
    {
        "requester",
        "opener",
        "first-receiver",
        "responsible",
        "assignee",
        "lane",
        "chosen",
        "holder",
        "head",
        "triage",
        "public",
        "about",
        "form",
        "case",
        "organiser",
        "judge",
        "co-handlers",
    }
)

# Words in braces that the texts of a reply template may use; whoever composes the reply fills them in.
REPLY_WORDS = frozenset({"requester", "number", "unit", "today", "promised"})
# Those of the parts of a bulletin, besides paths (`{about.name}`); the last two are filled in when it is issued.
PAPER_WORDS = frozenset(
    {"about", "unit", "period", "case", "case-title", "due", "responsible", "today", "until"}
)
