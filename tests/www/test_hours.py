"""办公时间 on a page: who reads and who sets them, what would move is told first, what moved is listed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.casework.domain import retime_due
from ronghe.casework.models import Case
from ronghe.definitions.models import HoursNotice
from tests.casework.test_desk_acts import do, file
from tests.city import City
from tests.www.test_administration_rules import administrator, signed, text_of

__all__ = ["administrator"]

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PATH = "/desk/admin/calendars/hours/"
CHANGE = f"{PATH}change/"
SPANS = "09:00-12:00 15:00-18:30"


def typed(**more: str) -> dict[str, str]:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    given = {"effective": f"{tomorrow}", "from1": "09:00", "to1": "12:00", "from2": "15:00", "to2": "18:30"}
    return {"act": "check", **given, "document": "市府办通知", "checked": f"{tomorrow} {SPANS}", **more}


def filed(city: City) -> Case:
    now = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    return do(city, file(city, at=now), "环境经办", now, "accept")


def test_administrators_set_them_the_committee_reads_and_others_do_neither(
    city: City, administrator: Client
) -> None:
    readers = (administrator, signed(city, "工委甲"), signed(city, "环境局长"))

    assert [one.get(PATH).status_code for one in readers] == [200, 200, 403]
    assert [one.post(CHANGE, typed()).status_code for one in readers] == [200, 403, 403]
    assert "公布办公时间" not in text_of(signed(city, "工委甲").get(PATH))
    assert not HoursNotice.objects.exists()


def test_they_are_checked_published_and_what_moved_is_listed(city: City, administrator: Client) -> None:
    case = filed(city)
    checked = text_of(administrator.post(CHANGE, typed()))
    done = administrator.post(CHANGE, typed(act="publish"), follow=True)
    notice = HoursNotice.objects.get()
    retime_due(timezone.now() + dt.timedelta(minutes=1))
    path = f"{PATH}{notice.pk}/moved/"

    assert "1 件的期限会变" in checked
    assert "只变时刻" in checked
    assert "正在重算期限" in text_of(done)
    assert "09:00–12:00，15:00–18:30" in text_of(administrator.get(PATH))
    assert case.number in text_of(signed(city, "环境经办").get(path))
    assert case.number not in text_of(signed(city, "住建经办").get(path))
    assert case.number not in text_of(administrator.get(path))
    assert signed(city, "工委甲").get(f"{PATH}{notice.pk}/moved.xlsx").content[:2] == b"PK"
    assert administrator.get(f"{PATH}999/moved/").status_code == 404


def test_what_was_changed_since_it_was_checked_is_checked_again(administrator: Client) -> None:
    checked = administrator.post(CHANGE, typed()).content.decode()
    changed = administrator.post(CHANGE, typed(act="publish", to2="19:00"))
    tomorrow = timezone.localdate() + dt.timedelta(days=1)

    assert f'name="checked" value="{tomorrow} {SPANS}"' in checked
    assert (changed.status_code, HoursNotice.objects.exists()) == (422, False)
    assert "改过的还没有核对，没有公布。" in text_of(changed)
    assert f'name="checked" value="{tomorrow} 09:00-12:00 15:00-19:00"' in changed.content.decode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"effective": "2020-01-01"}, "生效日期已经过去"),
        ({"to2": ""}, "上班、下班时间要一起填"),
        ({"from2": "11:00"}, "互不重叠"),
        ({"effective": "x"}, "请写成 2026-12-01"),
        ({"from2": "14:00", "to2": "18:00"}, "本来就是这样"),
    ],
)
def test_what_is_wrong_is_said(administrator: Client, more: dict[str, str], said: str) -> None:
    answer = administrator.post(CHANGE, typed(**more))

    assert answer.status_code == 422
    assert said in text_of(answer)
