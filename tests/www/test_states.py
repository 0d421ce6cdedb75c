"""Every page there is, found in the urlconf: empty it says what would be here, wrong input is refused and kept, more rows
cost no more statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.casework.domain import By
from ronghe.core.creditcode import make
from ronghe.core.memory import forget
from ronghe.messages.domain import send
from ronghe.messages.rules import Address as To
from ronghe.organisations import domain as organisations
from ronghe.organisations.domain import claims, visitors
from ronghe.www.visitor.session import LASTS, UNTIL_KEY, VISITOR_KEY
from tests.city import ACTOR, FOUNDED, City
from tests.matrix.addresses import Address, all_addresses
from tests.matrix.asking import Form, ask, forms_on
from tests.matrix.world import Story, World
from tests.www.desk_cases import do, file_message, file_request

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WHEN: Any = {"actor": ACTOR, "at": FOUNDED}
PHONE, KEPT, WRONG = "13911112222", "刚才写了很久的话", "no-such-choice"

# Pages that list nothing, and why.
NO_LIST: Mapping[str, str] = {
    "home": "始终有可提的事项",
    "clock": "计算器",
    "set-language": "只换语言",
    "sign-in": "登录",
    "sign-out": "退出",
    "visitor-sign-in": "登录",
    "visitor-sign-out": "退出",
    "submit": "一张表",
    "my-devices-end-others": "只有一个按钮",
    "admin-hours-change": "一张表",
    "submit-kinds": "能提的事项来自定义，总有几种",
    "submit-similar": "随写随提示，没有就不出现",
    "enterprise-lookup": "一句提示",
    "file-enterprise": "一句提示",
    "follow": "一张表",
    "drafts": "给程序用，没有页面",
    "my-enterprises": "没有企业时就是申请的表和说明",
    "me": "本人的岗位和入口",
    "file": "可登记的事项来自定义；今天登记过的才列出",
    "inbox-read": "只有一个按钮",
    "organisations": "城市至少有单位",
    "programmes": "行动来自定义的清单，总有一项",
    "imports": "一张表；有过导入才列出",
    "bulletin-issue": "只有一个按钮",
    "bulletin-trend": "图，随通报出现",
    "public-units-csv": "表格文件，空的只有表头",
    "stats-entries": "从统计的数字点开，没有数字就没有这一页",
    "test-messages": "只在演示系统里有",
    "health": "给负载均衡用，没有页面",
    "api-description": "接口的说明，给程序用",
    "api-root": "没有页面",
    "second-step": "登录的第二步",
    "passkey-sign-in": "给程序用，没有页面",
    "account": "本人的登录方式和入口",
    "confirm": "一张表",
    "password": "一张表",
    "set-up-codes": "先再确认一次密码",
    "add-passkey": "先再确认一次密码",
    "recovery": "先再确认一次密码",
    "recovery-file": "先再确认一次密码",
    "devices-end-others": "只有一个按钮",
    "token-add": "先再确认一次密码",
    "message-settings": "一张表",
    "my-message-settings": "一张表",
    "my-calendar": "一个地址和说明",
    "admin": "入口",
    "admin-unit-new": "一张表",
    "admin-enterprise-new": "一张表",
    "admin-person-new": "一张表",
    "admin-calendars": "定义包里总有公布过的年份",
    "admin-definitions": "定义包里总有定义",
    "admin-retention": "期限来自清单，总有一项",
    "admin-retention-find": "只有一个按钮",
    "admin-erase": "只有一个按钮",
    "admin-erase-thing": "只有一个按钮",
    "admin-erase-due": "只有一个按钮",
    "admin-health": "后台工作是固定的几项",
    "desk-live": "给程序用，没有页面",
    "filter-save": "只有一个按钮",
    "activity-template": "一张表",
    "activity-kinds": "可登记的活动来自定义，总有一项",
    "paper-begin": "一张表",
    "registers": "台账来自定义，没有登记的列在一起",
    "register-lists": "自填清单来自定义，总有一项",
    "public-registers": "公开的台账来自定义，总有一项",
    "duties-excuse": "从一项任务点开，不写哪一项就没有这一页",
    "month": "定义里总有经常任务",
    "members": "没有名册可管的人打不开",
    "my-facts": "本人的岗位和做过的事，分开几段",
    "burden": "要填什么来自定义，总有一项",
}
# Lists that are not empty in the small city: what to look for so that nothing is found.
LOOKED_FOR: Mapping[str, str] = dict.fromkeys(
    ("enterprises", "admin-units", "admin-people", "admin-posts", "admin-relationships"), "q"
)
# Pages whose statements cannot be compared, and why.
NOT_MEASURED: Mapping[str, str] = {
    "set-language": "只换语言",
    "sign-out": "只有一个按钮",
    "visitor-sign-out": "只有一个按钮",
    "inbox-read": "只有一个按钮",
    "bulletin-issue": "只有一个按钮",
    "stats-entries": "要从统计的数字点开，由 test_stats 计数",
    "test-messages": "只在演示系统里有，由 test_inbox 计数",
}
# Forms whose wrong input is answered otherwise than by 422 with the words, and why.
NOT_REFUSED: Mapping[str, str] = {
    "message-settings": "勾选框：没有启用的通道不算勾选",
    "my-message-settings": "勾选框：没有启用的通道不算勾选",
}


@pytest.fixture(autouse=True)
def _files_lie_apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "files", tmp_path / "data"


@pytest.fixture
def officer(city: City) -> Client:
    """Somebody with every post there is, to whom nothing is closed."""
    account = city.seat("szgw", "committee-staff", "万能")
    for unit, post in (
        ("szgw", "administrator"),
        ("fbzx", "triage-officer"),
        ("sthjj", "head"),
        ("fwz1", "steward"),
    ):
        seat = organisations.create_post(city.units[unit], kind=post, **WHEN)
        organisations.appoint(seat, person=city.people["万能"], **WHEN)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def visitor(city: City) -> Client:
    """Somebody of the public, signed in by phone."""
    client = Client()
    session = client.session
    until = timezone.now().timestamp() + LASTS
    session.update(
        {VISITOR_KEY: visitors.visitor_for(PHONE, actor=ACTOR, at=timezone.now()).pk, UNTIL_KEY: until}
    )
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def plain_addresses() -> list[Address]:
    return [one for one in all_addresses() if not one.parameters]


def client_for(address: Address, officer: Client, visitor: Client) -> Client:
    return visitor if address.gate == "VISITOR" else officer


def test_every_list_says_what_would_be_here(city: City, officer: Client, visitor: Client) -> None:
    silent = []
    for address in plain_addresses():
        if address.name not in NO_LIST:
            query = f"?{LOOKED_FOR[address.name]}=zzz" if address.name in LOOKED_FOR else ""
            page = ask(client_for(address, officer, visitor), reverse(address.name) + query)
            if page.status != 200 or b'class="empty"' not in page.body:
                silent.append(
                    f"{address.name}: no empty state ({page.status}); add components/empty.html or a reason"
                )
    stale = {*NO_LIST, *NOT_MEASURED} - {address.name for address in all_addresses()}

    assert (silent, sorted(stale)) == ([], [])


def grow(city: City, begin: int, count: int) -> None:
    """That many more of everything that pages list."""
    person, at = city.people["万能"], timezone.localtime()
    for n in range(begin, begin + count):
        enterprise = organisations.register_enterprise(
            credit_code=make(f"91440300MA5F0B{n:03}"), name=f"第{n}家有限公司", **WHEN
        )
        group, to = ("organisation", city.units["fwz1"].pk), ("organisation", enterprise.pk)
        organisations.relate("assigned-service", from_=group, to=to, **WHEN)
        file_request(city, f"第{n}件：门前施工。", about=enterprise)
        case = file_request(city, f"第{n}件：排水不畅。")
        by = By(f"requester:{case.pk}", at)
        casework.add_note(case.pk, by, text=f"补充{n}")
        answered(city, f"message-{n}")
        file_message(city, f"路灯第{n}盏又不亮。")
        send(
            To("person", person.pk),
            kind="reminded",
            title="提醒",
            text="请看。",
            about=("case", case.pk),
            at=at,
        )
        asking = visitors.visitor_for(f"1380000{n:04}", actor=ACTOR, at=at)
        claims.ask_claim(asking, enterprise.credit_code or "", at=at)


def answered(city: City, key: str) -> None:
    """A message filed, handed on, and answered the ordinary way."""
    story = Story(World(city))
    story.file(key, "resident-message", {})
    story.do("分办甲", key, "transfer", to=city.units["sthjj"])
    story.onwards(key, "环境经办", "环境局长")


def statements(client: Client, path: str, *, is_known: bool = False) -> int:
    """Of a page that was asked before, here or by whoever says so: what a process keeps is not counted."""
    if not is_known:
        ask(client, path)
    forget()
    with CaptureQueriesContext(connection) as asked:
        ask(client, path)
    return len(asked)


def test_more_rows_cost_no_more_statements(city: City, officer: Client, visitor: Client) -> None:
    measured = [one for one in plain_addresses() if one.name not in NOT_MEASURED]
    grow(city, 0, 1)
    with_one = {
        one.name: statements(client_for(one, officer, visitor), reverse(one.name)) for one in measured
    }
    grow(city, 1, 2)
    ask(officer, reverse("me"))  # what was frozen meanwhile is read again
    with_three = {
        one.name: statements(client_for(one, officer, visitor), reverse(one.name), is_known=True)
        for one in measured
    }

    more = {name: (with_one[name], count) for name, count in with_three.items() if count != with_one[name]}
    assert more == {}


def pages(city: City, officer: Client, visitor: Client) -> Iterator[tuple[Client, str]]:
    """Every page that can be asked without more, and those of a case at each of its turns."""
    for address in plain_addresses():
        yield client_for(address, officer, visitor), reverse(address.name)
    grow(city, 0, 1)
    waiting = file_message(city, "水管漏水。")
    handled = do(city, "分办甲", file_message(city, "井盖松动。"), 1, "transfer", to=city.units["sthjj"])
    handled = do(city, "环境经办", handled, 2, "accept")
    for case in (waiting, handled, file_request(city, "排水不畅。")):
        yield officer, reverse("case", args=[case.number])
    yield officer, reverse("triage-case", args=[waiting.number])
    yield visitor, reverse("follow-case", args=[handled.number])
    for kind in ("resident-message", "petition", "enterprise-request"):
        yield visitor, f"{reverse('submit')}?kind={kind}"
    yield officer, reverse("file-kind", args=["resident-message"])
    unit = city.units["zjj"].pk
    for name in ("rename", "appoint", "relate", "end"):
        yield officer, reverse("organisation-act", args=[unit, name])


def forms(city: City, officer: Client, visitor: Client) -> Iterator[tuple[Client, str, Form]]:
    """Each form that acts, once, with who may send it."""
    found = set[tuple[str, ...]]()
    for client, path in pages(city, officer, visitor):
        page = ask(client, path)
        for form in forms_on(page, path) if page.status == 200 else []:
            key = (name_of(form.action), *sorted(form.fields))
            if form.method == "post" and key not in found:
                found.add(key)
                yield client, urlsplit(form.action).path, form


def name_of(path: str) -> str:
    return resolve(urlsplit(path).path).url_name or ""


def spoilt(form: Form) -> tuple[dict[str, str], list[str]] | None:
    """The form with its words written and one thing wrong, and the fields whose words must be kept; None: nothing can be wrong."""
    body = {**form.fields, **dict.fromkeys(form.texts, KEPT)}
    lacking = sorted(form.required, key=lambda name: name in form.texts)
    wrong = lacking[0] if lacking else next(iter(form.choices), "")
    if not wrong:
        return None
    body[wrong] = "" if lacking else WRONG
    return body, [name for name in form.texts if name != wrong]


def test_wrong_input_is_refused_and_what_was_typed_is_kept(
    city: City, officer: Client, visitor: Client
) -> None:
    lost, tried = [], set[str]()
    for client, path, form in forms(city, officer, visitor):
        sent, name = spoilt(form), name_of(path)
        if sent is None or name in NOT_REFUSED:
            continue
        body, kept = sent
        page = ask(client, path, body, method="post")
        tried.add(name)
        if page.status != 422:
            lost.append(f"{name}: {page.status} for {body}")
        elif kept and KEPT not in page.text:
            lost.append(f"{name}: the words of {kept} are gone")

    assert lost == []
    assert {"case-step", "case-note", "follow-note", "submit", "file-kind", "organisation-act"} <= tried
