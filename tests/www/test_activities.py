"""活动 on its pages: recorded in a minute, mended by two, followed up, listed, exported, filled into a superior's table."""

from __future__ import annotations

import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.activities.domain import By, Told, record
from ronghe.activities.models import Activity
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NEW = "/desk/activities/new/theme-day/"
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100


@pytest.fixture(autouse=True)
def _files_lie_apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def sent(**more: Any) -> dict[str, Any]:
    begins = timezone.localtime().strftime("%Y-%m-%dT00:00")
    told = {"organiser": "zb1", "begins": begins, "place": "园区", "people": "12", "theme": "进园区"}
    return {**told, "submission": str(uuid.uuid4()), "act": "record", **more}


def held(city: City, unit: str = "zb1", **more: Any) -> Activity:
    now = timezone.now()
    kind = definitions.get("activity", "theme-day", timezone.localdate(now))
    told = {"organisers": [city.units[unit]], "begins_at": now, "values": {"theme": "进园区"}, "people": 9}
    return record(kind, By("system:test", now), Told(**{**told, **more}))


def signed_in(client: Client, city: City, name: str) -> Client:
    client.force_login(city.accounts[name])
    return client


PLANTING = """
activity: counted-planting
title: 植树核数
by: [branch]
quantities:
  - {code: trees, title: 植树, unit: 株}
  - {code: alive, title: 成活, unit: 株, by: {organisation: work-committee}}
"""


def test_a_figure_of_somebody_else_is_not_asked_but_named(
    client: Client, party_city: City, tmp_path: Path
) -> None:
    load(tmp_path, PLANTING)
    signed_in(client, party_city, "支书甲")
    text = client.get("/desk/activities/new/counted-planting/").content.decode()

    assert ('name="q-trees"' in text, 'name="q-alive"' in text) == (True, False)
    assert "“成活”由“市直机关工委”填报。" in text
    assert "“植树”由" not in text


def test_recorded_from_its_page(client: Client, party_city: City) -> None:
    signed_in(client, party_city, "支书甲")
    asked = client.get(NEW)
    assert asked.status_code == 200
    # Sensible defaults: the own branch, now, as many as its members.
    text = asked.content.decode()
    assert 'name="organiser" value="zb1"' in text
    assert f'value="{timezone.localtime():%Y-%m-%d}T' in text
    assert 'name="people" value="6"' in text

    photo = SimpleUploadedFile("合影.jpg", JPEG, "image/jpeg")
    answer = client.post(NEW, sent(**{"photos": photo, "q-answered": "3"}), follow=True)
    activity = Activity.objects.get()
    assert answer.redirect_chain == [(f"/desk/activities/{activity.pk}/", 302)]
    assert (activity.state, activity.people, activity.quantities) == ("held", 12, {"answered": {"": 3}})
    assert "已经登记。" in answer.content.decode()
    photo_at = f"/desk/activities/{activity.pk}/photos/1/"
    assert b"".join(client.get(photo_at).streaming_content) == JPEG
    # Where it was last held stands in the next form.
    assert 'name="place" value="园区"' in client.get(NEW).content.decode()


def test_the_same_form_twice_is_one_activity(client: Client, party_city: City) -> None:
    signed_in(client, party_city, "支书甲")
    form = sent()
    assert [client.post(NEW, form).status_code for _ in range(2)] == [302, 302]
    assert Activity.objects.count() == 1


def test_what_is_wrong_is_said_and_kept(client: Client, party_city: City) -> None:
    signed_in(client, party_city, "支书甲")
    answer = client.post(NEW, sent(theme="", joint="没有这个单位", **{"q-answered": "许多"}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写“主题”。" in text
    assert 'value="园区"' in text
    assert not Activity.objects.exists()
    answer = client.post(NEW, sent(**{"q-answered": "许多"}))
    assert (answer.status_code, "请填写数字" in answer.content.decode()) == (422, True)


def test_planned_then_recorded(client: Client, party_city: City) -> None:
    signed_in(client, party_city, "支书甲")
    client.post(NEW, sent(act="plan"))
    activity = Activity.objects.get()
    assert activity.state == "planned"
    assert "安排过、还没有登记的" in client.get("/desk/activities/").content.decode()
    at = f"/desk/activities/{activity.pk}/record/"
    assert "登记：" in client.get(at).content.decode()
    client.post(at, sent(revision=activity.revision, people="8"))
    activity.refresh_from_db()
    assert (activity.state, activity.people) == ("held", 8)


def test_a_title_the_page_does_not_ask_for_stays(client: Client, party_city: City) -> None:
    activity = held(party_city, title="走进产业园")
    signed_in(client, party_city, "支书甲")
    client.post(f"/desk/activities/{activity.pk}/record/", sent(revision=activity.revision, people="8"))

    activity.refresh_from_db()
    assert (activity.title, activity.people) == ("走进产业园", 8)


def test_two_editors_see_both(client: Client, party_city: City) -> None:
    activity = held(party_city)
    at = f"/desk/activities/{activity.pk}/record/"
    signed_in(client, party_city, "支书甲")
    first = client.get(at).context["revision"]
    other = signed_in(Client(), party_city, "委员甲")
    other.post(at, sent(revision=first, people="11"))
    answer = client.post(at, sent(revision=first, people="10", place="规划馆"))
    assert answer.status_code == 409
    found = {one.label: (one.now, one.yours) for one in answer.context["differing"]}
    assert found["参加人数"] == ("11", "10")
    assert found["地点"] == ("园区", "规划馆")
    again = client.post(at, sent(revision=answer.context["revision"], people="10", place="规划馆"))
    assert again.status_code == 302
    activity.refresh_from_db()
    assert (activity.people, activity.place) == (10, "规划馆")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (None, "2026年3月2日 周一 10:00，"),
        ("2026-03-02 11:30", "2026年3月2日 周一 10:00至11:30，"),
        ("2026-03-03 11:30", "2026年3月2日 周一 10:00至2026年3月3日 周二 11:30，"),
    ],
)
def test_the_day_is_said_once(client: Client, party_city: City, ends: str | None, said: str) -> None:
    activity = held(
        party_city, begins_at=moment("2026-03-02 10:00"), ends_at=moment(ends) if ends else None, place="园区"
    )
    signed_in(client, party_city, "支书甲")

    page = client.get(f"/desk/activities/{activity.pk}/").content.decode()

    lead = page.partition('<p class="lead">')[2].partition("</p>")[0]
    year = "" if timezone.localdate().year == 2026 else "2026年"
    assert lead == said.replace("2026年", year) + "园区"


def test_a_shock_team_records_what_it_does(client: Client, party_city: City) -> None:
    city = party_city
    city.unit("tjd1", "shock-team", "地块核查突击队", values={"target": "12 个地块", "measures": "分组"})
    city.seat("tjd1", "team-leader", "队长甲")
    signed_in(client, city, "队长甲")

    kinds = client.get("/desk/activities/new/").content.decode()
    offered = [
        kind
        for kind in ("front-line-visit", "visit", "publicity", "working-meeting")
        if f"/new/{kind}/" in kinds
    ]
    assert offered == ["front-line-visit", "visit", "publicity", "working-meeting"]
    answer = client.post(
        "/desk/activities/new/working-meeting/",
        sent(organiser="tjd1", topic="本周攻坚进度", theme=""),
        follow=True,
    )
    assert answer.status_code == 200
    assert [one.organisation.code for one in Activity.objects.all()] == ["tjd1"]


def test_another_branch_sees_and_changes_nothing(client: Client, party_city: City) -> None:
    activity = held(party_city)
    signed_in(client, party_city, "支书乙")
    at = f"/desk/activities/{activity.pk}/"
    assert client.get(at).status_code == 404
    for path in ("record/", "cancel/", "follow/", "photos/1/remove/"):
        assert client.post(at + path, sent()).status_code == 404
    assert "进园区" not in client.get("/desk/activities/").content.decode()
    assert client.post(NEW, sent()).status_code == 422


def test_overseers_look_and_do_not_touch(client: Client, party_city: City) -> None:
    activity = held(party_city)
    signed_in(client, party_city, "工委甲")
    at = f"/desk/activities/{activity.pk}/"
    assert client.get(at).status_code == 200
    assert [
        client.post(at + path, sent(ground="mistaken")).status_code for path in ("record/", "cancel/")
    ] == [403, 403]
    assert client.get(NEW).status_code == 403


def test_names_are_for_who_keeps_the_roll_and_for_oneself(client: Client, party_city: City) -> None:
    city = party_city
    persons = {city.people[name].pk: "" for name in ("党员甲", "党员乙")}
    activity = held(city, persons=persons)
    at = f"/desk/activities/{activity.pk}/"
    seen = {}
    for name in ("支书甲", "党员甲", "工委甲"):
        text = signed_in(Client(), city, name).get(at).content.decode()
        body = text[text.index("<main") :]
        seen[name] = [who for who in ("党员甲", "党员乙") if who in body]
    assert seen == {"支书甲": ["党员甲", "党员乙"], "党员甲": ["党员甲"], "工委甲": []}


def test_what_was_found_is_followed_up_once(client: Client, party_city: City) -> None:
    findings = [{"detail": "门口没有坡道", "unit": "zjj"}, {"detail": "噪声大", "unit": "sthjj"}]
    activity = held(party_city, values={"theme": "进园区", "findings": findings})
    signed_in(client, party_city, "支书甲")
    at = f"/desk/activities/{activity.pk}/follow/"
    client.post(at, {"key": "0-0"})
    assert list(Case.objects.values_list("procedure", "responsible__code")) == [("site-finding", "zjj")]
    client.post(at)
    client.post(at)
    cases = Case.objects.order_by("pk")
    assert [case.responsible.code for case in cases] == ["zjj", "sthjj"]
    assert {(case.came_from_type, case.came_from_id) for case in cases} == {("activity", activity.pk)}
    assert "已经转办" in client.get(f"/desk/activities/{activity.pk}/").content.decode()


def test_cancelled_it_is_off_the_list(client: Client, party_city: City) -> None:
    activity = held(party_city)
    signed_in(client, party_city, "支书甲")
    at = f"/desk/activities/{activity.pk}/cancel/"
    assert client.post(at).status_code == 422
    client.post(at, {"ground": "mistaken", "revision": activity.revision})
    assert "进园区" not in client.get("/desk/activities/").content.decode()
    assert Entry.objects.filter(kind="activity.cancelled", data={"ground": "mistaken"}).exists()


def test_pages_cost_the_same_with_one_and_three(client: Client, party_city: City) -> None:
    signed_in(client, party_city, "支书甲")
    counts = []
    for number in (1, 2):
        for _ in range(number):
            firm = [("organisation", party_city.units["enterprise"].pk)]
            activity = held(party_city, about=firm, counts={party_city.units["zb2"].pk: 2})
        paths = ("/desk/activities/", f"/desk/activities/{activity.pk}/", NEW)
        for path in paths:  # once before it is counted: what the process keeps is kept then
            client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answers = [client.get(path).status_code for path in paths]
        counts.append((answers, len(captured)))
    assert counts[0] == counts[1]
    assert counts[0][1] <= 75


def test_the_list_as_a_table_and_in_a_superiors_own(client: Client, party_city: City) -> None:
    held(party_city)
    held(party_city, values={"theme": "=1+1"}, people=None)
    signed_in(client, party_city, "支书甲")
    answer = client.get("/desk/activities/?format=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert [sheet.cell(line, 8).value for line in (6, 7)] == [None, 9]

    book = openpyxl.Workbook()
    page = book.active
    page.append(["市直机关主题党日情况统计表"])
    page.append(["序号", "党支部名称", "活动主题", "开展时间", "到会人数", "备注"])
    page.append([])
    page.append(["填表人："])
    kept = BytesIO()
    book.save(kept)
    file = SimpleUploadedFile("统计表.xlsx", kept.getvalue())
    answer = client.post("/desk/activities/template/", {"file": file})
    filled = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in filled.iter_rows(min_row=3)]
    assert [(row[0], row[1], row[2], row[4]) for row in rows[:2]] == [
        (1, "市生态环境局第一党支部", "主题党日：=1+1", None),
        (2, "市生态环境局第一党支部", "主题党日：进园区", 9),
    ]
    assert rows[2][0] == "填表人："

    marks = openpyxl.Workbook()
    marks.active.append(["{{名称}}", "{{答疑解惑}} 人次", "{{人数}}"])
    kept = BytesIO()
    marks.save(kept)
    file = SimpleUploadedFile("表.xlsx", kept.getvalue())
    answer = client.post("/desk/activities/template/", {"file": file})
    filled = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in row] for row in filled.iter_rows()] == [
        ["主题党日：=1+1", " 人次", None],
        ["主题党日：进园区", " 人次", 9],
    ]
    wrong = SimpleUploadedFile("表.xlsx", b"no workbook")
    answer = client.post("/desk/activities/template/", {"file": wrong})
    assert (answer.status_code, "打不开这个文件" in answer.content.decode()) == (422, True)
