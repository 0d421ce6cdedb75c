"""文稿 as pages: what waits, one paper as it prints, writing, signing, files, and the notices everybody reads."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from ronghe.bulletins import printing
from ronghe.bulletins.domain import make_due
from ronghe.bulletins.models import Bulletin, Printout
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from tests.bulletins.papers import begun, issued, seated, signed, third
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def ask(
    client: Client, city: City, who: str, path: str, data: dict[str, Any] | None = None, **more: Any
) -> tuple[int, str]:
    client.force_login(city.accounts[who])
    answer = client.get(path, **more) if data is None else client.post(path, data, follow=True, **more)
    forget()
    return answer.status_code, answer.content.decode(errors="replace")


def now(days: int = 0) -> str:
    return f"{timezone.localtime() + dt.timedelta(days):%Y-%m-%d %H:%M}"


def write(city: City, **more: Any) -> Bulletin:
    third(city)
    return begun(city, at=now(), **more)


def shown(city: City, **more: Any) -> Bulletin:
    return issued(city, at=now(), **more)


def test_empty_list_says_what_would_be_here(client: Client, city: City) -> None:
    status, page = ask(client, city, "环境经办", "/desk/papers/")

    assert (status, "没有在写的文稿" in page) == (200, True)
    assert "没有这样的文件" in ask(client, city, "环境经办", "/desk/papers/?show=issued")[1]


def test_a_kind_is_chosen_and_the_parts_are_written(client: Client, city: City) -> None:
    status, page = ask(client, city, "环境经办", "/desk/papers/begin/")
    assert status == 200
    assert "公示" in page
    assert "突击队季度公示" not in page  # the clock drafts it
    submission = re.search(r'name="submission" value="([^"]+)"', page)
    assert submission
    unit = city.units["sthjj"].pk
    data = {"submission": submission[1], "bulletin": "public-notice", "unit": unit, "about": ""}

    status, page = ask(client, city, "环境经办", "/desk/papers/begin/", data)

    paper = Bulletin.objects.get()
    assert (status, f"/desk/papers/{paper.pk}/edit/" in page) == (200, True)
    parts = {
        "revision": 1,
        "title": "公示",
        "opening": "经研究。",
        "content": "一、名单",
        "ways": "至{until}。",
    }
    status, page = ask(client, city, "环境经办", f"/desk/papers/{paper.pk}/edit/", parts)
    assert "以“编辑”签名" in page
    assert "经研究。" in page
    assert "公示期" not in page


def test_what_was_typed_stays_where_somebody_else_changed_it(client: Client, city: City) -> None:
    paper = write(city)
    path = f"/desk/papers/{paper.pk}/edit/"
    parts = {"revision": 1, **paper.content["parts"]}
    ask(client, city, "环境经办二", path, {**parts, "opening": "别人写的。"})

    status, page = ask(client, city, "环境经办", path, {**parts, "opening": "我写的。"})

    assert status == 422
    assert "别人写的。" in page
    assert "我写的。" in page
    assert 'name="revision" value="2"' in page
    ask(client, city, "环境经办", path, {**parts, "revision": 2, "opening": "合在一起。"})
    paper.refresh_from_db()
    assert paper.content["parts"]["opening"] == "合在一起。"


def test_three_people_sign_on_the_page_and_it_is_issued(client: Client, city: City) -> None:
    paper = write(city)
    for who in ("环境经办", "环境经办二"):
        paper.refresh_from_db()
        ask(client, city, who, f"/desk/papers/{paper.pk}/sign/", {"revision": paper.revision})
    _, again = ask(client, city, "环境经办", f"/desk/papers/{paper.pk}/")
    assert "等别人签发" in again
    assert "签发，发布" not in again

    paper.refresh_from_db()
    _, page = ask(client, city, "环境局长", f"/desk/papers/{paper.pk}/sign/", {"revision": paper.revision})

    paper.refresh_from_db()
    assert paper.state == "issued"
    assert paper.number in page


def test_signing_what_changed_meanwhile_is_refused_with_the_new_text(client: Client, city: City) -> None:
    paper = write(city)

    status, page = ask(client, city, "环境局长", f"/desk/papers/{paper.pk}/sign/", {"revision": 7})

    assert (status, "又有改动" in page) == (422, True)


def test_handed_back_with_a_reason(client: Client, city: City) -> None:
    paper = signed(city, write(city), "环境经办", at=now())
    path = f"/desk/papers/{paper.pk}/return/"

    assert ask(client, city, "环境局长", path, {"note": ""})[0] == 422
    _, page = ask(client, city, "环境局长", path, {"note": "名单请核对"})

    assert "已退回修改" in page
    assert "名单请核对" in ask(client, city, "环境经办", f"/desk/papers/{paper.pk}/edit/")[1]


@pytest.mark.parametrize("end", ["", "edit/", "docx/", "pdf/"])
def test_drafts_of_another_unit_are_not_there(client: Client, city: City, end: str) -> None:
    paper = write(city)

    assert ask(client, city, "住建局长", f"/desk/papers/{paper.pk}/{end}")[0] == 404
    assert ask(client, city, "住建局长", f"/desk/papers/{paper.pk}/sign/", {"revision": 1})[0] == 404
    assert paper.title not in ask(client, city, "住建局长", "/desk/papers/")[1]
    assert paper.title not in ask(client, city, "住建局长", "/desk/papers/?show=issued")[1]


def test_who_signed_is_known_in_the_unit_only(client: Client, city: City) -> None:
    paper = shown(city)

    assert "环境经办二" in ask(client, city, "环境经办", f"/desk/papers/{paper.pk}/")[1]
    other = ask(client, city, "住建经办", f"/desk/papers/{paper.pk}/")
    assert other[0] == 200
    assert "环境经办二" not in other[1]


def test_file_holds_what_the_page_shows(client: Client, city: City) -> None:
    paper = shown(city)
    client.force_login(city.accounts["环境经办"])

    answer = client.get(f"/desk/papers/{paper.pk}/docx/")

    content = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        words = re.sub("<[^>]+>", "", package.read("word/document.xml").decode())
    assert "关于拟推荐先进集体的公示" in words
    assert paper.number in words
    assert "filename*=utf-8''" in answer["Content-Disposition"]


def test_where_nothing_converts_the_page_says_so(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    paper = shown(city)
    assert printing.program() is None

    _, page = ask(client, city, "环境经办", f"/desk/papers/{paper.pk}/")
    status, told = ask(client, city, "环境经办", f"/desk/papers/{paper.pk}/pdf/", follow=True)

    assert "要 PDF 请打开后另存" in page
    assert (status, "没有安装 LibreOffice" in told) == (200, True)


def test_the_pdf_is_made_behind_the_page_which_says_how_it_goes(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(printing, "program", lambda: "soffice")
    monkeypatch.setattr(printing, "_convert", lambda _program, _docx: b"%PDF-1.7")
    paper = shown(city)
    path = f"/desk/papers/{paper.pk}/"
    before = ask(client, city, "环境经办", path)[1]
    early = ask(client, city, "环境经办", f"{path}pdf/", follow=True)[1]
    client.post(f"{path}pdf/")
    client.post(f"{path}pdf/")
    waiting, part = client.get(path), client.get(f"{path}pdf/state/", headers={"HX-Request": "true"})
    plain = client.get(f"{path}pdf/state/")
    make_due(timezone.now)
    after = client.get(f"{path}pdf/state/", headers={"HX-Request": "true"}).content.decode()
    file = client.get(f"{path}pdf/")

    assert "制作 PDF" in before
    assert "PDF 还没有制作" in early
    assert Printout.objects.count() == 1
    for told in (waiting.content.decode(), part.content.decode()):
        assert "正在制作 PDF" in told
        assert 'hx-trigger="every 2s"' in told
    assert "<html" not in part.content.decode()
    assert plain.url == f"{path}#files"
    assert ("hx-trigger" in after, f'href="{path}pdf/"' in after) == (False, True)
    assert (b"".join(file.streaming_content), file["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert ask(client, city, "住建局长", f"/desk/papers/{write(city).pk}/pdf/state/")[0] == 404


def test_what_could_not_be_made_is_seen_by_who_administers(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "program", lambda: "soffice")
    paper = shown(city)
    client.force_login(city.accounts["环境经办"])
    client.post(f"/desk/papers/{paper.pk}/pdf/")
    Printout.objects.update(state="failed", tries=5, trouble="not-converted")
    failed = client.get(f"/desk/papers/{paper.pk}/").content.decode()
    assert client.get("/desk/admin/printouts/").status_code == 403
    client.force_login(seated(city, "szgw", "administrator", "管理甲"))
    page = client.get("/desk/admin/printouts/").content.decode()
    health = client.get("/desk/admin/health/").content.decode()
    taken = client.post(f"/desk/admin/printouts/{Printout.objects.get().pk}/", {"act": "take"}, follow=True)
    again = client.post(f"/desk/admin/printouts/{Printout.objects.get().pk}/", {"act": "retry"}, follow=True)

    assert "试了几次没有做成" in failed
    assert ("转换程序没有转成" in page, paper.title in page) == (True, False)
    assert "1 份试了几次没有做成" in health
    assert "管理甲 在处理" in taken.content.decode()
    assert "没有这样的文稿" in again.content.decode()
    assert Printout.objects.get().state == "waiting"


@pytest.mark.parametrize("path", ["/desk/papers/", "/desk/papers/?show=issued", "/public/notices/"])
def test_lists_take_as_many_statements_for_three_as_for_one(client: Client, city: City, path: str) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            write(city) if path == "/desk/papers/" else shown(city)
        client.force_login(city.accounts["环境经办"])
        client.get(path)
        forget()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
        forget()

    assert counts[0] == counts[1]


def test_list_is_given_as_a_table(client: Client, city: City) -> None:
    shown(city)
    for path in (
        "/desk/papers/?format=xlsx",
        "/desk/papers/?show=issued&format=xlsx",
        "/public/notices/?format=xlsx",
    ):
        client.force_login(city.accounts["环境经办"])
        answer = client.get(path)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_papers_of_one_title_say_whom_each_is_about(client: Client, city: City) -> None:
    third(city)
    for unit in ("zjj", "fwz1"):
        begun(city, at=now(), about=("organisation", city.units[unit].pk))
    about = [f"公示，关于{city.units[unit].name}" for unit in ("zjj", "fwz1")]

    _, page = ask(client, city, "环境经办", "/desk/papers/")

    assert re.findall(r'<span class="cell-more">([^<]+)</span>', page) == about
    answer = client.get("/desk/papers/?format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=5)]
    column = rows[0].index("关于")
    assert [row[column] for row in rows[1:]] == [city.units[unit].name for unit in ("zjj", "fwz1")]


def test_public_sees_what_stands_and_nothing_else(client: Client, city: City) -> None:
    assert "现在没有正在公示的内容" in client.get("/public/notices/").content.decode()
    draft = write(city)
    notice = shown(city)
    approval = begun(city, code="approval-reply", at=now(), values={"title": "批复", "received": "收悉。"})
    approval.content["parts"]["to"] = "某单位"
    approval.save()
    signed(city, approval, "环境经办", "环境局长", at=now())

    page = client.get("/public/notices/").content.decode()

    assert f"/public/notices/{notice.pk}/" in page
    assert client.get(f"/public/notices/{notice.pk}/").status_code == 200
    for hidden in (draft, approval):
        assert f"/public/notices/{hidden.pk}/" not in page
        assert client.get(f"/public/notices/{hidden.pk}/").status_code == 404
    Bulletin.objects.filter(pk=notice.pk).update(until=timezone.now())
    assert f"/public/notices/{notice.pk}/" not in client.get("/public/notices/").content.decode()
    assert client.get(f"/public/notices/{notice.pk}/").status_code == 404


def test_public_notice_says_who_until_when_and_how_to_object_but_not_who_signed(
    client: Client, city: City
) -> None:
    notice = shown(city)

    page = client.get(f"/public/notices/{notice.pk}/").content.decode()

    assert "市生态环境局" in page
    assert "公示到" in page
    assert f"/public/notices/{notice.pk}/comment/" in page
    assert not re.search("环境经办|环境局长", page)


def test_objection_becomes_a_case_of_the_issuer_that_does_not_learn_who(client: Client, city: City) -> None:
    notice = shown(city)
    path = f"/public/notices/{notice.pk}/comment/"
    page = client.get(path).content.decode()
    submission = re.search(r'name="submission" value="([^"]+)"', page)
    assert submission
    data = {
        "submission": submission[1],
        "stance": "异议",
        "detail": "名单不实",
        "name": "王建国",
        "phone": "13800138001",
    }

    assert client.post(path, {**data, "detail": ""}).status_code == 422
    answer = client.post(path, data, follow=True)

    case = Case.objects.get()
    assert case.number in answer.content.decode()
    assert (case.procedure, case.thing_type, case.thing_id) == ("public-comment", "bulletin", notice.pk)
    _, mine = ask(client, city, "环境局长", f"/desk/papers/{notice.pk}/")
    assert case.number in mine
    _, opened = ask(client, city, "环境局长", f"/desk/cases/{case.number}/")
    assert not re.search("王建国|13800138001", opened)


def rectification(city: City) -> Case:
    loaded = definitions.get("procedure", "rectification", timezone.localdate())
    finish = (timezone.localdate() + dt.timedelta(30)).isoformat()
    return casework.open_case(
        loaded,
        values={"detail": "三季度没有记录第一议题", "finish": finish},
        actor=f"person:{city.people['工委甲'].pk}",
        at=timezone.now(),
        responsible=city.units["szgw"],
        about=city.units["zjj"],
    ).case


def test_case_offers_the_paper_its_step_waits_for_and_goes_on_when_it_is_issued(
    client: Client, city: City
) -> None:
    seated(city, "szgw", "committee-secretary", "工委乙")
    case = rectification(city)
    _, part = ask(client, city, "工委甲", f"/desk/papers/case/{case.number}/", HTTP_HX_REQUEST="true")
    assert "出具整改通知单" in part
    _, page = ask(
        client, city, "工委甲", f"/desk/papers/begin/?case={case.number}&bulletin=rectification-notice"
    )
    submission = re.search(r'name="submission" value="([^"]+)"', page)
    assert submission
    data = {
        "submission": submission[1],
        "bulletin": "rectification-notice",
        "unit": city.units["szgw"].pk,
        "case": case.number,
    }
    ask(client, city, "工委甲", "/desk/papers/begin/", data)

    paper = Bulletin.objects.get()
    assert paper.content["parts"]["to"] == "市住房和建设局"
    assert paper.content["parts"]["problems"] == "三季度没有记录第一议题"
    for who in ("工委甲", "工委乙"):
        paper.refresh_from_db()
        ask(client, city, who, f"/desk/papers/{paper.pk}/sign/", {"revision": paper.revision})

    paper.refresh_from_db()
    assert paper.state == "issued"
    assert [step.code for step in case.steps.filter(done_at=None)] == ["receive"]
    assert ask(client, city, "住建局长", f"/desk/papers/{paper.pk}/")[0] == 200
    assert ask(client, city, "环境局长", f"/desk/papers/{paper.pk}/")[0] == 404
