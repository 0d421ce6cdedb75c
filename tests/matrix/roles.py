"""Who asks in the world of the matrix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """Somebody who asks. `posts`: (unit, kind of post); `follows`: the cases they asked in; `phone_of`: signed in with
    the phone of that case; `represents`: the cases of an enterprise they speak for; `filed`: those they took down.
    """

    name: str
    posts: tuple[tuple[str, str], ...] = ()
    follows: tuple[str, ...] = ()
    represents: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()
    phone_of: str = ""
    is_staff: bool = True
    is_visitor: bool = False

    def __str__(self) -> str:
        return self.name


STAFF = (
    Role("工委甲", (("szgw", "committee-staff"),)),
    Role("督查员", (("szgw", "inspector"),)),
    Role("分办甲", (("fbzx", "triage-officer"),), filed=("filed-message",)),
    Role("环境局长", (("sthjj", "head"),)),
    Role("环境经办", (("sthjj", "handler"),)),
    Role("住建局长", (("zjj", "head"),)),
    Role("住建经办", (("zjj", "handler"),)),
    Role("住建督查", (("zjj", "handler"), ("szgw", "committee-staff"), ("fbzx", "triage-officer"))),
    Role("管家甲", (("fwz1", "steward"),)),
    Role("信访专员", (("xfj", "petition-officer"),)),
    Role("管理员", (("szgw", "administrator"),)),
    Role("住建管理员", (("zjj", "unit-administrator"),)),
)
OWN = ("request", "drafted-request")  # asked in the name of the enterprise
PUBLIC = (
    Role("留言人", follows=("message", "waiting-message", "complaint"), is_staff=False),
    Role("错码人", is_staff=False),
    Role("过路人", is_staff=False),
    Role("信访居民", follows=("petition",), phone_of="petition", is_staff=False, is_visitor=True),
    Role("企业负责人", represents=OWN, is_staff=False, is_visitor=True),
    Role("企业经办", represents=OWN, is_staff=False, is_visitor=True),
    Role("企业申请人", is_staff=False, is_visitor=True),
)
ROLES = (*STAFF, *PUBLIC)
LINKED = "petition"  # the case to which a link was sent
LENDER = "环境经办"  # whose calendar lies at an address that is its key
IMPORTER = "工委甲"
SUBMITTED = "waiting-message"  # filed through the page, so that its receipt is in a browser
