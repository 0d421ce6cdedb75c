"""The pages of imports: nothing is written before it was seen, refused rows can be taken home, others see nothing."""

from __future__ import annotations

import io
import re
import uuid
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ronghe.activities.models import Activity
from ronghe.casework.models import Case
from ronghe.organisations.models import Account
from tests.city import City
from tests.tables import CASE, text_file, workbook

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ROWS = [CASE, CASE | {"编号": "s2", "提出时间": "2026-02-30"}, CASE | {"编号": "s3", "责任单位": "市园林局"}]
ADDRESS = "/desk/imports/"


@pytest.fixture(autouse=True)
def _data_lies_apart(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def staff(city: City, client: Client) -> Client:
    client.force_login(city.accounts["工委甲"])
    return client


def sent(path: Path, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or path.name, path.read_bytes())


def send(client: Client, tmp_path: Path, rows: list[Any] = ROWS, **more: Any) -> Any:
    file = sent(workbook(tmp_path / "来信.xlsx", rows))
    return client.post(ADDRESS, {"kind": "cases", "file": file, "source": ""} | more)


def test_a_table_is_seen_then_imported_then_mended(staff: Client, tmp_path: Path) -> None:
    preview = send(staff, tmp_path)
    assert (preview.status_code, Case.objects.count()) == (302, 0)
    page = staff.get(preview.url).content.decode()
    assert "办件 3 行：可以导入 1，有新进展 0，已有 0，不能导入 2。" in page
    assert "没有“2026-02-30”这一天" in page
    assert "没有叫“市园林局”的单位" in page
    assert "来源“来信”" in page

    result = staff.post(preview.url, {"act": "import"})
    page = staff.get(result.url).content.decode()
    assert "办件 3 行：导入 1，更新 0，已有 0，未导入 2。" in page
    assert Case.objects.get().source == "来信"

    again = staff.post(preview.url, {"act": "import"})
    assert (again.url, Case.objects.count()) == (result.url, 1)
    assert staff.get(preview.url).url == result.url
    [link] = re.findall(r'href="([^"]+\.xlsx)"', page)
    refused = staff.get(link)
    assert "%E6%9D%A5%E4%BF%A1-%E6%9C%AA%E5%AF%BC%E5%85%A5.xlsx" in refused["Content-Disposition"]
    assert b"".join(refused.streaming_content)[:2] == b"PK"  # type: ignore[arg-type]
    refused.close()
    assert "来信" in staff.get(ADDRESS).content.decode().split("最近的导入")[1]


def test_headings_are_told_as_they_are_taken(staff: Client, tmp_path: Path) -> None:
    row = {
        "ID": "e1",
        "Type": "群众留言",
        "Content": "很长" * 50,
        "提出时间": "2026-03-02",
        "备注": "<b>x</b>",
    }

    page = staff.get(send(staff, tmp_path, [row]).url).content.decode()

    assert "“ID”作为编号" in page
    assert "认不出的列：备注" in page
    assert "很长" * 20 + "…" in page
    assert "&lt;b&gt;x" in page


def test_units_are_founded_where_asked_to(staff: Client, tmp_path: Path) -> None:
    preview = send(staff, tmp_path, may_found="on", source="市长信箱")
    assert "会新登记责任单位 1 个" in staff.get(preview.url).content.decode()

    page = staff.get(staff.post(preview.url, {"act": "import"}).url).content.decode()

    assert "新登记责任单位 1 个" in page
    assert Case.objects.filter(source="市长信箱").count() == 2


def test_left_alone_it_is_thrown_away(staff: Client, tmp_path: Path) -> None:
    preview = send(staff, tmp_path)

    assert staff.post(preview.url, {"act": "leave"}).url == ADDRESS
    assert (staff.get(preview.url).status_code, Case.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"hello", "打不开"),
        ("a.doc", b"hello", "不是 .xlsx 或 .csv"),
        ("a.csv", b"", "是空的"),
        ("a.csv", "编号,标题\n".encode(), "缺少“类型”、“提出时间”列"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_it(
    staff: Client, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    answer = staff.post(
        ADDRESS, {"kind": "cases", "file": SimpleUploadedFile(name, content), "source": "信箱"}
    )

    page = answer.content.decode()
    assert (answer.status_code, said in page, 'value="信箱"' in page) == (422, True, True)
    assert list((tmp_path / "data").glob("imports/*")) == []


def test_a_file_too_large_is_refused(staff: Client, settings: Any, tmp_path: Path) -> None:
    settings.MAX_IMPORT, settings.MAX_UPLOAD = 1024 * 1024, 10
    file = SimpleUploadedFile("a.csv", b"x" * (settings.MAX_IMPORT + 200_000))

    answer = staff.post(ADDRESS, {"kind": "cases", "file": file})

    assert (answer.status_code, "最多 1 MB" in answer.content.decode()) == (422, True)


def test_nothing_chosen_and_a_bad_source_are_told(staff: Client) -> None:
    page = staff.post(ADDRESS, {"kind": "boats", "source": "13800138000"}).content.decode()

    assert [said in page for said in ("请选择文件", "没有这一种", "来源里有不能用的符号")] == [True] * 3


def test_first_passwords_can_be_taken_home(staff: Client, tmp_path: Path) -> None:
    rows = [{"姓名": "赵某", "单位": "市住房和建设局", "岗位": "经办人", "账号": "zhaomou"}]
    preview = send(staff, tmp_path, rows, kind="people")
    assert not Account.objects.filter(username="zhaomou").exists()

    page = staff.get(staff.post(preview.url, {"act": "import"}).url).content.decode()

    [link] = re.findall(r'href="([^"]+accounts\.xlsx)"', page)
    taken = staff.get(link)
    taken.close()
    assert taken.status_code == 200
    assert Account.objects.filter(username="zhaomou").exists()


def test_a_run_that_broke_off_can_be_begun_again(staff: Client, tmp_path: Path) -> None:
    preview = send(staff, tmp_path)
    folder = tmp_path / "data" / "imports" / preview.url.rstrip("/").rsplit("/", 1)[-1]
    (folder / "running").touch()
    assert "正在导入" in staff.get(f"{preview.url}result/").content.decode()
    staff.post(preview.url, {"act": "import"})
    assert Case.objects.count() == 0

    (folder / "running").unlink()
    assert "导入中断了" in staff.get(f"{preview.url}result/").content.decode()
    staff.post(preview.url, {"act": "import"})
    assert Case.objects.count() == 1


@pytest.mark.parametrize("name", ["环境局长", "分办甲", "管家甲"])
def test_others_may_not(city: City, client: Client, name: str) -> None:
    client.force_login(city.accounts[name])

    assert client.get(ADDRESS).status_code == 403
    assert ADDRESS not in client.get("/desk/").content.decode()


def test_nobody_sees_what_another_sent(city: City, client: Client, tmp_path: Path) -> None:
    client.force_login(city.accounts["工委甲"])
    address = send(client, tmp_path).url
    other = city.seat("szgw", "administrator", "管理甲")
    client.force_login(other)

    assert client.get(ADDRESS).status_code == 200
    addresses = [address, f"{address}result/", f"{address}refused.xlsx", f"{ADDRESS}{uuid.uuid4()}/"]
    assert [client.get(one).status_code for one in addresses] == [404] * 4
    assert client.post(address, {"act": "import"}).status_code == 404


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 302


def test_csv_serves_too(staff: Client, tmp_path: Path) -> None:
    file = sent(text_file(tmp_path / "a.csv", [CASE], "gb18030"))

    preview = staff.post(ADDRESS, {"kind": "cases", "file": file})

    assert "可以导入 1" in staff.get(preview.url).content.decode()


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        (
            "organisations",
            {"编码": "yl", "名称": "市园林局", "类别": "department", "备注": "x"},
            "单位 1 行：可以导入 1，已有 0，不能导入 0。",
        ),
        (
            "people",
            {"姓名": "赵某", "单位": "市住房和建设局", "岗位": "经办人", "备注": "x"},
            "人员 1 行：可以导入 1，已有 0，不能导入 0。",
        ),
    ],
)
def test_preview_says_only_what_goes_for_its_kind(
    staff: Client, tmp_path: Path, kind: str, row: dict[str, str], said: str
) -> None:
    preview = send(staff, tmp_path, [row], kind=kind)
    page = staff.get(preview.url).content.decode()

    assert said in page
    assert "认不出的列：备注。这些列不导入。" in page
    assert ["表单里的问题" in page, "新进展" in page] == [False, False]
    result = staff.get(staff.post(preview.url, {"act": "import"}).url).content.decode()
    assert "1 行：导入 1，已有 0，未导入 0。" in result


# Activities, by branches


MEETING = {
    "类别": "主题党日",
    "组织单位": "市生态环境局第一党支部",
    "开始时间": "2026-03-05",
    "主题": "进园区访企业",
    "地点": "园区",
    "参加人数": 12,
}


@pytest.fixture
def secretary(party_city: City, client: Client) -> Client:
    client.force_login(party_city.accounts["支书甲"])
    return client


def test_a_branch_imports_its_own_activities_and_no_others(secretary: Client, tmp_path: Path) -> None:
    rows = [MEETING, {**MEETING, "组织单位": "市生态环境局第二党支部", "开始时间": "2026-03-06"}]
    preview = send(secretary, tmp_path, rows, kind="activities")
    page = secretary.get(preview.url).content.decode()
    result = secretary.get(secretary.post(preview.url, {"act": "import"}).url).content.decode()
    again = send(secretary, tmp_path, rows, kind="activities")

    assert "2 行：可以导入 1，已有 0，不能导入 1。" in page
    assert "您的岗位不替这个单位登记活动" in page
    assert "2 行：导入 1，已有 0，未导入 1。" in result
    assert [one.organisation.name for one in Activity.objects.all()] == ["市生态环境局第一党支部"]
    assert "可以导入 0，已有 1，不能导入 1" in secretary.get(again.url).content.decode()


def test_a_branch_is_offered_its_roll_and_activities_alone(
    party_city: City, secretary: Client, tmp_path: Path
) -> None:
    page = secretary.get(f"{ADDRESS}?kind=activities").content.decode()
    officer = Client()
    officer.force_login(party_city.accounts["环境经办"])

    assert re.findall(r'name="kind" value="(\w+)"', page) == ["members", "activities"]
    assert re.search(r'value="activities"[^>]* checked', page)
    assert send(secretary, tmp_path).status_code == 422
    assert officer.get(ADDRESS).status_code == 403
    assert officer.get(f"{ADDRESS}template/activities.xlsx").status_code == 403
    assert secretary.get(f"{ADDRESS}template/cases.xlsx").status_code == 404
    assert secretary.get(f"{ADDRESS}template/none.xlsx").status_code == 404


def test_who_oversees_imports_the_activities_of_all(party_city: City, client: Client, tmp_path: Path) -> None:
    client.force_login(party_city.accounts["工委甲"])
    rows = [MEETING, {**MEETING, "组织单位": "市生态环境局第二党支部"}]
    client.post(send(client, tmp_path, rows, kind="activities").url, {"act": "import"})

    assert Activity.objects.count() == 2


def test_a_template_says_what_each_column_is_for_and_comes_back_as_it_is(
    secretary: Client, tmp_path: Path
) -> None:
    answer = secretary.get(f"{ADDRESS}template/activities.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table, notes = book.worksheets
    headings = [cell.value for cell in table[1]]
    told = {row[0]: row[1] for row in notes.iter_rows(values_only=True) if row[0]}
    for place, title in enumerate(headings, 1):
        table.cell(2, place, MEETING.get(title))
    table.cell(1, len(headings) + 1, "主题")
    table.cell(2, len(headings) + 1, MEETING["主题"])
    path = tmp_path / "填好的.xlsx"
    book.save(path)
    preview = secretary.post(ADDRESS, {"kind": "activities", "file": sent(path), "source": ""})

    assert headings[:4] == ["编号", "类别", "组织单位", "开始时间"]
    assert told["开始时间"].startswith("必须有。也可以写作：时间、")
    assert "答疑解惑" in told["主题党日"]
    assert "可以导入 1" in secretary.get(preview.url).content.decode()
