"""放假安排 and 规定 on pages: who may open and write them, publishing a year, signing an edition, trying one."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ronghe.casework.domain import recalendar_due
from ronghe.casework.models import Case
from ronghe.core.worktime import Announcement, DaysOff
from ronghe.definitions.domain import publish_notice
from ronghe.definitions.models import CalendarNotice, Edition, Proposal, Rederivation
from ronghe.definitions.queries.calendars import take_as_published
from ronghe.ledger.models import Entry
from tests.casework.test_desk_acts import do, file
from tests.city import ACTOR, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGES = (
    "/desk/admin/calendars/",
    "/desk/admin/calendars/2026/",
    "/desk/admin/definitions/",
    "/desk/admin/definitions/procedure/enterprise-request/",
    "/desk/admin/definitions/procedure/enterprise-request/try/",
)
WRITING = ("/desk/admin/calendars/2027/enter/", "/desk/admin/packs/")
LIST = """list: request-topics
title: 诉求类别
source: [S-080]
effective: 2022-01-01
edition: "新版"
lines: [{code: land, title: 土地规划}, {code: brand-new, title: 新的一类}]
"""


@pytest.fixture
def administrator(city: City, client: Client) -> Client:
    client.force_login(city.seat("szgw", "administrator", "管理甲"))
    return client


def signed(city: City, name: str) -> Client:
    client = Client()
    client.force_login(city.accounts[name])
    return client


def text_of(response: Any) -> str:
    shown = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(shown).split())


def next_month(day: int) -> dt.date:
    """A day of the month after this one: whatever is filed today is due around it."""
    first = (timezone.localdate().replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first + dt.timedelta(days=day - 1)


def hindering() -> Announcement:
    """Nearly a fortnight off from tomorrow on: nobody's clock stays as it was."""
    first = timezone.localdate() + dt.timedelta(days=1)
    off = DaysOff("放假", first, first + dt.timedelta(days=8))
    return Announcement(first.year, (off,), (), "国办发明电〔2026〕99号", timezone.localdate())


def test_only_administrators_write_and_the_committee_reads(city: City, administrator: Client) -> None:
    for path in PAGES:
        assert [
            one.get(path).status_code
            for one in (administrator, signed(city, "工委甲"), signed(city, "环境经办"))
        ] == [
            200,
            200,
            403,
        ], path
    for path in WRITING:
        assert [one.get(path).status_code for one in (administrator, signed(city, "工委甲"))] == [200, 403], (
            path
        )
    assert Client().get(PAGES[0]).status_code == 302


def test_a_notice_is_pasted_read_checked_and_published(administrator: Client) -> None:
    path = "/desk/admin/calendars/2027/enter/"
    pasted = "国办发明电〔2026〕9号\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、春节：2月5日至11日放假调休。1月30日（周六）上班。"
    read = administrator.post(path, {"act": "read", "text": pasted})
    fields = {
        name: re.search(rf'name="{name}" value="([^"]*)"', read.content.decode())
        for name in ("off1_first", "off2_last", "made1_day", "document")
    }
    assert {name: found and found[1] for name, found in fields.items()} == {
        "off1_first": "2027-01-01",
        "off2_last": "2027-02-11",
        "made1_day": "2027-01-30",
        "document": "国办发明电〔2026〕9号",
    }
    data = {
        "off1_name": "元旦",
        "off1_first": "2027-01-01",
        "off1_last": "2027-01-03",
        "document": "国办发明电〔2026〕9号",
        "published_on": "2026-11-20",
    }
    checked = administrator.post(path, {"act": "check", **data})
    assert "没有写春节" in text_of(checked)
    assert CalendarNotice.objects.count() == 0
    said = re.search(r'name="checked" value="(\w+)"', checked.content.decode())
    assert said
    data |= {"act": "publish", "checked": said[1]}
    hasty = administrator.post(path, data)
    assert (hasty.status_code, CalendarNotice.objects.count()) == (422, 0)
    changed = administrator.post(path, {**data, "is_agreed": "on", "off1_last": "2027-01-04"})
    assert (changed.status_code, CalendarNotice.objects.count()) == (422, 0)
    assert "改过的还没有核对" in text_of(changed)
    assert said[1] not in changed.content.decode()
    assert [
        re.search(r'name="is_agreed"[^>]*checked', one.content.decode()) for one in (checked, changed)
    ] == [None, None]
    done = administrator.post(path, {**data, "is_agreed": "on"}, follow=True)
    assert "2027 年的放假安排已公布" in text_of(done)
    assert [(one.year, one.version, one.document) for one in CalendarNotice.objects.all()] == [
        (2027, 1, "国办发明电〔2026〕9号")
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"act": "read", "text": ""}, "请把通知的文字粘贴在这里"),
        ({"act": "read", "text": "今天天气很好。"}, "没有从这段文字里读出放假的日子"),
        ({"act": "check", "document": "", "published_on": "x"}, "请填写通知的文号"),
        (
            {"act": "check", "off1_name": "元旦", "document": "a1", "published_on": "2026-11-20"},
            "请填写从哪天起放假",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    administrator: Client, data: dict[str, str], said: str
) -> None:
    answer = administrator.post("/desk/admin/calendars/2027/enter/", data)

    assert answer.status_code == 422
    assert said in text_of(answer)


def test_what_moved_is_listed_for_those_who_may_see_it_and_can_be_taken_along(
    city: City, administrator: Client
) -> None:
    now = timezone.localtime()
    case = do(city, file(city, at=f"{now:%Y-%m-%d %H:%M}"), "环境经办", f"{now:%Y-%m-%d %H:%M}", "accept")
    was = case.due
    publish_notice(hindering(), actor=ACTOR, at=now)
    path = f"/desk/admin/calendars/{hindering().year}/"
    assert "正在重算期限" in text_of(administrator.get(path))
    recalendar_due(now + dt.timedelta(minutes=1))
    case = Case.objects.get(pk=case.pk)

    assert case.due > was
    assert "期限已重算完" in text_of(administrator.get(path))
    assert case.number in text_of(signed(city, "工委甲").get(f"{path}moved/"))
    assert case.number in text_of(signed(city, "环境经办").get(f"{path}moved/?q={case.number}"))
    assert case.number not in text_of(signed(city, "住建经办").get(f"{path}moved/"))
    taken = signed(city, "工委甲").get(f"{path}moved.xlsx")
    assert (taken.status_code, taken.content[:2]) == (200, b"PK")
    assert signed(city, "工委甲").get("/desk/admin/calendars/2050/moved/").status_code == 404


def test_the_list_of_what_moved_takes_a_fixed_number_of_statements(
    city: City, administrator: Client, django_assert_num_queries: Any
) -> None:
    def filed() -> None:
        now = timezone.localtime()
        do(city, file(city, at=f"{now:%Y-%m-%d %H:%M}"), "环境经办", f"{now:%Y-%m-%d %H:%M}", "accept")

    overseer, path = signed(city, "工委甲"), f"/desk/admin/calendars/{hindering().year}/moved/"
    filed()
    publish_notice(hindering(), actor=ACTOR, at=timezone.now())
    recalendar_due(timezone.now() + dt.timedelta(minutes=1))
    overseer.get(path)
    with django_assert_num_queries(_count(overseer, path)):
        overseer.get(path)
    one = _count(overseer, path)
    for _ in range(2):
        filed()
    Rederivation.objects.update(finished_at=None, last_case=0, began_at=None)
    Case.objects.update(due=timezone.now() + dt.timedelta(days=5))
    recalendar_due(timezone.now() + dt.timedelta(minutes=1))

    assert _count(overseer, path) == one


def _count(client: Client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def test_a_definition_reads_like_a_paper_and_beside_its_editions(administrator: Client) -> None:
    told = text_of(administrator.get("/desk/admin/definitions/procedure/enterprise-request/"))

    assert "与 2022年1月1日那一版相比" in told
    assert "新增环节“审签”（由承办单位办）" in told
    assert "补充材料（最长 5 工作日）、现场踏勘（最长 3 工作日）" in told
    assert administrator.get("/desk/admin/definitions/procedure/never/").status_code == 404
    assert administrator.get("/desk/admin/definitions/nothing/never/").status_code == 404


def test_trying_an_example_writes_nothing(city: City, administrator: Client) -> None:
    path = "/desk/admin/definitions/procedure/enterprise-request/try/"
    before = (Case.objects.count(), Entry.objects.count(), Edition.objects.exclude(frozen_at=None).count())
    tried = administrator.post(path, {"topic": "environment", "detail": "排水管网堵塞"})

    assert "交给市生态环境局“接收”" in text_of(tried)
    assert (
        Case.objects.count(),
        Entry.objects.count(),
        Edition.objects.exclude(frozen_at=None).count(),
    ) == before
    assert administrator.post(path, {"topic": "", "detail": ""}).status_code == 422
    assert (
        administrator.post(path, {"topic": "environment", "detail": "x", "about": "没有这家"}).status_code
        == 422
    )


def test_a_file_is_uploaded_looked_at_and_signed(city: City, administrator: Client) -> None:
    upload = SimpleUploadedFile("request-topics.yaml", LIST.encode())
    told = text_of(administrator.post("/desk/admin/packs/", {"file": upload}, follow=True))
    proposal = Proposal.objects.get()
    assert "新增条目“新的一类”" in told
    day = timezone.localdate() + dt.timedelta(days=3)
    late = administrator.post(f"/desk/admin/packs/{proposal.pk}/", {"effective": "2022-01-02"})
    assert (late.status_code, Edition.objects.exclude(signed_by="").count()) == (422, 0)
    done = administrator.post(f"/desk/admin/packs/{proposal.pk}/", {"effective": f"{day}"}, follow=True)
    edition = Edition.objects.exclude(signed_by="").get()

    assert "已签发“诉求类别”" in text_of(done)
    assert (edition.edition, edition.effective) == ("新版", day)
    assert Entry.objects.filter(kind="definition.published", subject_id=edition.pk).count() == 1
    assert signed(city, "工委甲").get(f"/desk/admin/packs/{proposal.pk}/").status_code == 403


def test_what_is_wrong_with_a_file_is_told_by_line_field_and_cure(administrator: Client) -> None:
    upload = SimpleUploadedFile("x.yaml", LIST.replace("title: 诉求类别", "titel: 诉求类别").encode())
    told = text_of(administrator.post("/desk/admin/packs/", {"file": upload}, follow=True))

    assert "第 2 行 titel 不认识“titel”。 是不是“title”？" in told
    assert "签发人" not in told
    assert administrator.post("/desk/admin/packs/", {}).status_code == 422


def test_a_process_that_looked_lately_sees_a_publishing_when_it_looks_again(administrator: Client) -> None:
    from ronghe.definitions.queries.calendars import calendar

    notice = hindering()
    publish_notice(notice, actor=ACTOR, at=timezone.now())
    seen = calendar().is_workday(notice.off[0].days()[-1])
    take_as_published()  # another process, which has not looked since

    assert seen is False
    assert _count(administrator, "/desk/admin/calendars/") == _count(administrator, "/desk/admin/calendars/")
