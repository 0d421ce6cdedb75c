"""台账 on pages: who reads and writes what, nothing typed is lost, tables whole or not at all."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.domain import By, complete_step
from ronghe.core.periods import Every, Period
from ronghe.definitions.domain import add_line
from ronghe.definitions.queries import lines_on
from ronghe.ledger.models import Entry as LedgerEntry
from ronghe.organisations.models import Relationship
from ronghe.registers.domain import begin_entry, change_entry, record_figure, relate_entry, unrelate_entry
from ronghe.registers.exceptions import DomainError
from ronghe.registers.models import Entry, Figure
from ronghe.www.registers.page import relatable
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
PLOT = {"number": "G-01", "place": "中心区一带", "soil-class": "ready"}
ACTOR = "system:test"
PERSON = {"school": "某大学", "skills": "精算", "consent": "2099-01-01"}


@pytest.fixture
def plot(city: City) -> Entry:
    return begin(city, "plot", "一号地块", PLOT)


def begin(city: City, register: str, title: str, values: dict[str, str], unit: str = "zjj") -> Entry:
    return begin_entry(
        register, title=title, values=values, organisation=city.units[unit], actor=ACTOR,
        at=timezone.now(), may_be_alike=True,
    ).entry  # fmt: skip


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def sheet(*rows: list[str]) -> SimpleUploadedFile:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return SimpleUploadedFile("表.xlsx", made.getvalue())


# Reading


def test_the_list_of_registers_counts_what_one_may_see(city: City, signed: Any, plot: Entry):
    begin(city, "talent", "张某", PERSON)

    zjj, sthjj = (text(signed(name).get("/desk/registers/")) for name in ("住建经办", "环境经办"))

    assert ("金融人才库 在册 1 条" in zjj, "建设用地地块 在册 1 条" in zjj) == (True, True)
    assert ("金融人才库 在册 1 条" in sthjj, "建设用地地块 在册 1 条" in sthjj) == (False, True)


def test_an_entry_and_its_register_show_no_field_that_is_hidden(city: City, signed: Any, plot: Entry):
    secret = begin(city, "project", "某项目", {"project-kind": "民生", "agreement": "招商〔2026〕7号"})
    own, others = ("住建经办", "管家甲")

    pages = {
        name: [
            text(signed(name).get(path))
            for path in (f"/desk/registers/entries/{secret.pk}/", "/desk/registers/project/")
        ]
        for name in (own, others)
    }

    assert "招商〔2026〕7号" in pages[own][0]
    assert all("某项目" in page for page in [*pages[own], *pages[others]])
    assert not any("招商〔2026〕7号" in page for page in pages[others])
    sheet_of_others = signed(others).get("/desk/registers/project/?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet_of_others.streaming_content)))
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row]
    assert ("某项目" in cells, "招商〔2026〕7号" in cells) == (True, False)


@pytest.mark.parametrize("path", ["", "change/", "end/"])
def test_a_protected_entry_is_not_there_for_others(city: City, signed: Any, path: str):
    person = begin(city, "talent", "张某", PERSON)
    address = f"/desk/registers/entries/{person.pk}/{path}"

    assert [signed(name).get(address).status_code for name in ("住建经办", "环境经办", "管家甲")] == [
        200,
        404,
        404,
    ]
    for ending in ("", "?format=xlsx"):
        assert signed("管家甲").get(f"/desk/registers/talent/{ending}").status_code == 404


def test_a_title_one_may_not_know_is_neither_shown_nor_found_by(city: City, signed: Any):
    city.seat("enterprise", "enterprise-contact", "企业甲")
    person = begin(city, "talent", "张某某", PERSON)
    for number, outcome in enumerate(("choose", "match"), 1):
        complete_step(person.life_id, By(ACTOR, timezone.now()), step=number, outcome=outcome)
    client = signed("企业甲")

    pages = [
        text(client.get(path))
        for path in ("/desk/registers/talent/", f"/desk/registers/entries/{person.pk}/")
    ]

    assert [("精算" in page, "张某某" in page, "某大学" in page) for page in pages] == [
        (True, False, False)
    ] * 2
    assert "没有符合条件的" in text(client.get("/desk/registers/talent/?q=张某某"))


def test_anybody_sees_what_is_public_and_nothing_else(client: Client, city: City, plot: Entry):
    begin(city, "talent", "张某", PERSON)

    index, listed, shown = (
        text(client.get(path))
        for path in ("/public/registers/", "/public/registers/plot/", f"/public/registers/plot/{plot.pk}/")
    )

    assert ("建设用地地块 在册 1 条" in index, "金融人才库" in index) == (True, False)
    for page in (listed, shown):
        assert ("一号地块" in page, "可直接进入开发利用" in page, "G-01" in page) == (True, True, False)
    for ending in ("", "?format=xlsx"):
        assert client.get(f"/public/registers/talent/{ending}").status_code == 404
    assert client.get(f"/public/registers/project/{plot.pk}/").status_code == 404
    file = client.get("/public/registers/plot/?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content)))
    heads = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell]
    assert ("一号地块" in heads, "G-01" in heads, "地块编号" in heads) == (True, False, False)


@pytest.mark.parametrize(
    "path",
    [
        "/desk/registers/",
        "/desk/registers/project/",
        "entry",
        "/public/registers/project/",
        "/desk/registers/lists/",
    ],
)
def test_a_page_asks_the_same_however_much_there_is(city: City, signed: Any, path: str):
    def more(number: int) -> Entry:
        entry = begin(
            city, "project", f"第{number}个项目", {"project-kind": "民生"}, "sthjj" if number % 2 else "zjj"
        )
        record_figure(("entry", entry.pk), "intent", "100", actor=ACTOR, at=timezone.now())
        begin(city, "plot", f"地块{number}", {**PLOT, "number": f"G{number}", "project": str(entry.pk)})
        return entry

    first = more(1)
    add_line("library-categories", title="甲类", facts={}, actor=ACTOR, at=timezone.now())
    address = reverse("register-entry", args=[first.pk]) if path == "entry" else path
    client, counts = signed("环境经办"), []
    client.get(address)
    for round_ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
        if not round_:
            for number in range(2, 5):
                more(number)
            change_entry(
                first.pk, title="改名", values=first.values, actor=ACTOR, at=timezone.now(), may_be_alike=True
            )
            add_line("library-categories", title="乙类", facts={}, actor=ACTOR, at=timezone.now())

    assert counts[0] == counts[1]


# Writing


def test_registering_sends_the_same_once_and_ends_the_draft(city: City, signed: Any):
    client, sent = (
        signed("住建经办"),
        {"title": "一号地块", **PLOT, "on": "2026-03-02", "submission": str(uuid.uuid4())},
    )

    answers = [client.post("/desk/registers/plot/new/", sent) for _ in range(2)]

    entry = Entry.objects.get()
    assert [answer.url for answer in answers] == [f"/desk/registers/entries/{entry.pk}/"] * 2
    assert (entry.organisation, entry.opener) == (city.units["zjj"], f"person:{city.people['住建经办'].pk}")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(signed: Any):
    answer = signed("住建经办").post(
        "/desk/registers/plot/new/", {"title": "", "number": "G-77", "on": "2026-03-02"}
    )

    assert answer.status_code == 422
    assert ("请填写名称" in text(answer), 'value="G-77"' in answer.content.decode()) == (True, True)


def test_only_named_units_register(signed: Any):
    assert signed("管家甲").get("/desk/registers/plot/new/").status_code == 403
    assert signed("管家甲").post("/desk/registers/plot/table/").status_code == 403


def test_what_looks_alike_is_shown_and_may_be_registered_still(city: City, signed: Any):
    begin(city, "project", "新能源电池生产基地一期项目", {"project-kind": "民生"})
    client, sent = (
        signed("住建经办"),
        {"title": "新能源电池生产基地项目", "project-kind": "民生", "on": "2026-03-02"},
    )

    first = client.post("/desk/registers/project/new/", sent)
    second = client.post("/desk/registers/project/new/", sent | {"another": "1"})

    assert (first.status_code, "新能源电池生产基地一期项目" in text(first)) == (422, True)
    assert (second.status_code, Entry.objects.count()) == (302, 2)


def test_two_editors_see_both_and_the_second_may_go_on(city: City, signed: Any, plot: Entry):
    client, address = signed("住建经办"), f"/desk/registers/entries/{plot.pk}/change/"
    mine = {
        "title": "一号地块",
        **PLOT,
        "place": "西边",
        "on": timezone.localdate().isoformat(),
        "revision": "1",
    }
    change_entry(plot.pk, values={**PLOT, "place": "东边"}, actor=ACTOR, at=timezone.now())

    conflict = client.post(address, mine)
    shown = text(conflict)
    again = re.search(r'name="revision" value="(\d+)"', conflict.content.decode())

    assert (conflict.status_code, "东边" in shown, "西边" in shown) == (422, True, True)
    assert again is not None
    assert client.post(address, mine | {"revision": again[1]}).status_code == 302
    plot.refresh_from_db()
    assert plot.values["place"] == "西边"


def test_a_past_day_is_shown_as_it_was(city: City, signed: Any):
    at = timezone.localtime()
    plot = begin_entry(
        "plot", title="一号地块", values=PLOT, organisation=city.units["zjj"], actor=ACTOR, at=at,
        on=at.date().replace(year=at.year - 1, day=1),
    ).entry  # fmt: skip
    change_entry(plot.pk, values={**PLOT, "place": "新地方"}, actor=ACTOR, at=at)
    client, address = signed("住建经办"), f"/desk/registers/entries/{plot.pk}/"

    then = text(client.get(f"{address}?on={plot.begins.isoformat()}")).split("数据")[0]

    assert ("中心区一带" in then, "新地方" in then) == (True, False)
    assert "位置由“中心区一带”改为“新地方”" in text(client.get(address))


def test_confirming_and_ending(city: City, signed: Any, plot: Entry):
    Entry.objects.update(confirmed_on="2020-01-01")
    client, address = signed("住建经办"), f"/desk/registers/entries/{plot.pk}/"

    assert "久未核对" in text(client.get("/desk/registers/"))
    assert "该核对了" in text(client.get("/desk/registers/plot/?show=stale"))
    assert client.post(f"{address}confirm/").status_code == 302
    assert "该核对了" not in text(client.get("/desk/registers/plot/"))
    wrong = client.post(f"{address}end/", {"because": "", "on": timezone.localdate().isoformat()})
    assert (wrong.status_code, "请写明注销的原因" in text(wrong)) == (422, True)
    assert (
        client.post(
            f"{address}end/", {"because": "地块撤销", "on": timezone.localdate().isoformat()}
        ).status_code
        == 302
    )
    assert "地块撤销" in text(client.get(address))
    assert [
        signed("环境经办").post(f"{address}{act}/").status_code for act in ("confirm", "change", "end")
    ] == [403] * 3


def test_figures_are_entered_on_the_page_and_refused_beside_their_field(city: City, signed: Any):
    project = begin(city, "project", "某项目", {"project-kind": "民生"})
    client, address = signed("住建经办"), f"/desk/registers/entries/{project.pk}/figures/"
    sent = {"f-invested-nature": "plan", "f-invested-period": "2026-02", "f-invested-value": "300"}

    assert client.post(address, sent).status_code == 302
    wrong = client.post(address, sent | {"f-invested-period": "2026-Q1"})

    assert (wrong.status_code, "按月填" in text(wrong), Figure.objects.count()) == (422, True, 1)
    assert "2026年2月 300" in text(client.get(f"/desk/registers/entries/{project.pk}/"))
    refused = signed("环境经办").post(address, sent | {"f-invested-value": "999"})
    assert (refused.status_code, Figure.objects.count()) == (422, 1)


AREA = """organisation: area
title: 区域
source: [S-186]
effective: 2026-01-01
quantities:
  - {code: gdp, title: 生产总值, unit: 万元, each: quarter, by: work-committee}
  - {code: people, title: 常住人口, unit: 人, by: work-committee}
seen_by: {department: [gdp]}
"""


def test_an_area_has_a_page_of_its_figures(city: City, signed: Any, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "area.yaml").write_text(AREA, encoding="utf-8")
    settings.PACKS = [*settings.PACKS, str(tmp_path)]
    call_command("packs", "load")
    area = city.unit("qy1", "area", "南部片区")
    address = f"/desk/registers/units/{area.pk}/"
    sent = {"f-gdp-period": "2026-Q1", "f-gdp-value": "1200"}

    client = signed("工委甲")
    assert address in client.get(reverse("organisation", args=[area.pk])).content.decode()
    quarter = Period.holding(timezone.localdate(), Every.QUARTER)
    assert f'<option value="{quarter}">{quarter.label}</option>' in client.get(address).content.decode()
    wrong = client.post(address, sent | {"f-gdp-period": "2026-03"})
    assert (wrong.status_code, "按季度填" in text(wrong), Figure.objects.count()) == (422, True, 0)
    assert client.post(address, sent).status_code == 302
    assert [part in text(client.get(address)) for part in ("2026年第一季度 1,200", "常住人口", "记下")] == [
        True
    ] * 3

    reader = signed("环境经办")
    assert [part in text(reader.get(address)) for part in ("1,200", "常住人口", "记下")] == [
        True,
        False,
        False,
    ]
    assert (reader.post(address, sent | {"f-gdp-value": "9"}).status_code, Figure.objects.count()) == (422, 1)
    assert signed("管家甲").get(address).status_code == 404
    assert signed("工委甲").get(reverse("unit-figures", args=[city.units["sthjj"].pk])).status_code == 404


ENTERPRISE = """organisation: enterprise
title: 企业
source: [S-111]
effective: 2026-01-01
quantities: [{code: staff, title: 用工, unit: 人, each: week}]
seen_by: {department: all}
"""


def test_the_page_of_an_enterprise_leads_to_its_figures(
    city: City, signed: Any, tmp_path: Path, settings: Any
) -> None:
    firm = city.unit("qy2", "enterprise", "某企业")
    page, address = reverse("enterprise", args=[firm.pk]), reverse("unit-figures", args=[firm.pk])
    assert address not in signed("住建经办").get(page).content.decode()

    (tmp_path / "enterprise.yaml").write_text(ENTERPRISE, encoding="utf-8")
    settings.PACKS = [*settings.PACKS, str(tmp_path)]
    call_command("packs", "load")
    record_figure(("organisation", firm.pk), "staff", 12, period="2026-W09", actor=ACTOR, at=timezone.now())

    assert address in signed("住建经办").get(page).content.decode()
    assert "2026年第9周 12" in text(signed("住建经办").get(address))
    assert address not in signed("管家甲").get(page).content.decode()


def test_an_entry_is_related_to_a_unit_where_the_definition_allows(city: City, signed: Any):
    project = begin(city, "project", "某项目", {"project-kind": "民生"})
    client, address = signed("住建经办"), f"/desk/registers/entries/{project.pk}/relate/"
    kinds = relatable("project", timezone.localdate())
    sent = {"kind": kinds[0][0], "unit": "没有的单位", "on": timezone.localdate().isoformat()}

    assert client.post(address, sent).status_code == 422
    with pytest.raises(DomainError) as refused:
        relate_entry(
            project.pk, kind="assigned-service", other=city.units["zjj"], actor=ACTOR, at=timezone.now()
        )
    assert refused.value.code == "wrong-end"
    assert signed("环境经办").get(address).status_code == 403


def test_a_relationship_is_ended_on_its_page_by_who_keeps_the_entry(city: City, signed: Any):
    today = timezone.localdate()
    project, other = (begin(city, "project", name, {"project-kind": "民生"}) for name in ("某项目", "别的"))
    edge = Relationship.objects.create(
        kind="assigned-service", begins=today - dt.timedelta(days=9),
        from_type="organisation", from_id=city.units["zjj"].pk, to_type="entry", to_id=project.pk,
    )  # fmt: skip
    client, entry = signed("住建经办"), f"/desk/registers/entries/{project.pk}/"
    address = f"{entry}ties/{edge.pk}/end/"
    before = (today - dt.timedelta(days=10)).isoformat()

    assert address in client.get(entry).content.decode()
    assert client.get(address).status_code == 200
    assert client.get(f"/desk/registers/entries/{other.pk}/ties/{edge.pk}/end/").status_code == 404
    assert (wrong := client.post(address, {"on": before})).status_code == 422
    assert "请改日期" in text(wrong)
    assert signed("环境经办").post(address, {"on": today.isoformat()}).status_code in {403, 404}
    edge.refresh_from_db()
    assert edge.ends is None

    assert signed("住建经办").post(address, {"on": today.isoformat()}).status_code == 302
    edge.refresh_from_db()
    assert edge.ends == today
    assert LedgerEntry.objects.filter(kind="relationship.ended", subject_id=edge.pk).count() == 1
    assert address not in client.get(entry).content.decode()
    with pytest.raises(DomainError, match="没有这个关系"):
        unrelate_entry(other.pk, edge.pk, actor=ACTOR, at=timezone.now())


# Tables


HEAD = ["编号", "名称", "地块编号", "位置", "地块类别", "登记单位", "从哪天起"]
GOOD = ["A1", "一号地块", "G-01", "中心区", "可直接进入开发利用", "市住房和建设局", "2026-03-02"]


def send(client: Client, *rows: list[str]) -> Any:
    return client.post("/desk/registers/plot/table/", {"file": sheet(*rows)})


def test_a_table_is_taken_whole_and_twice_changes_nothing(city: City, signed: Any):
    client = signed("住建经办")
    other = ["", "二号地块", "G-02", "南区", "survey", "", ""]

    first, second = (text(send(client, HEAD, GOOD, other)) for _ in range(2))
    third = text(send(client, HEAD, [*GOOD[:3], "东区", *GOOD[4:]], other))

    assert "新增 2 条，更新 0 条，原来就有 0 条" in first
    assert "新增 0 条，更新 0 条，原来就有 2 条" in second
    assert "新增 0 条，更新 1 条，原来就有 1 条" in third
    told = Entry.objects.order_by("pk").values_list("title", "organisation__code", "values__soil-class")
    assert list(told) == [("一号地块", "zjj", "ready"), ("二号地块", "zjj", "survey")]


def test_a_table_with_a_fault_writes_nothing_and_says_row_problem_and_cure(city: City, signed: Any):
    rows = [
        GOOD,
        ["A2", "", "G-02", "南区", "沼泽", "", ""],
        ["A3", "三号地块", "G-01", "北区", "survey", "", ""],
        ["A4", "四号地块", "G-04", "北区", "survey", "没有的单位", "某天"],
        ["A5", "五号地块", "G-05", "北区", "survey", "市生态环境局", ""],
    ]

    answer = send(signed("住建经办"), HEAD, *rows)

    shown = text(answer)
    assert (answer.status_code, Entry.objects.count()) == (422, 0)
    for said in (
        "有 4 行不能导入，整张表都没有写入",
        "3 名称 请填写名称。",
        "3 地块类别 请从所列选项中选择。",
        "4 地块编号相同的已有一条“一号地块”",
        "5 登记单位 没有叫“没有的单位”的单位。",
        "5 从哪天起 “某天”看不懂是哪一天",
        "6 登记单位 您不能替“市生态环境局”登记",
    ):
        assert said in shown


def test_what_is_given_out_can_be_taken_in_again(city: City, signed: Any, plot: Entry):
    client = signed("住建经办")
    file = b"".join(client.get("/desk/registers/plot/?format=xlsx").streaming_content)
    plot.delete()

    answer = client.post("/desk/registers/plot/table/", {"file": SimpleUploadedFile("地块.xlsx", file)})

    assert "新增 1 条" in text(answer)
    assert Entry.objects.get().values == PLOT


# Lists the city fills


def test_a_list_is_filled_on_a_page_by_whoever_may(city: City, signed: Any):
    address, on = "/desk/registers/lists/library-categories/", timezone.localdate().isoformat()
    added = signed("工委甲").post(address, {"title": "发展党员", "on": on})
    wrong = signed("工委甲").post(address, {"title": "发展党员", "on": on})

    assert (added.status_code, wrong.status_code) == (302, 422)
    assert "清单里已有“发展党员”" in text(wrong)
    assert signed("住建经办").post(address, {"title": "别的", "on": on}).status_code == 403
    assert "发展党员" in text(signed("住建经办").get(address))
    assert "自填清单" in text(signed("住建经办").get("/desk/registers/lists/"))
    assert signed("工委甲").get("/desk/registers/lists/plot-classes/").status_code == 404


def test_a_line_is_changed_and_taken_off(city: City, signed: Any):
    line = add_line("library-categories", title="发展党员", facts={}, actor=ACTOR, at=timezone.now())
    address, client = f"/desk/registers/lists/library-categories/{line.pk}/", signed("工委甲")
    sent = {"title": "党员发展", "on": timezone.localdate().isoformat(), "revision": "1"}

    assert client.post(address, sent).status_code == 302
    assert "党员发展" in text(client.get("/desk/registers/lists/library-categories/"))
    assert client.post(f"{address}end/").status_code == 302
    assert "清单还是空的" in text(client.get("/desk/registers/lists/library-categories/"))


def test_a_list_is_taken_from_a_table(city: City, signed: Any):
    client, address = signed("工委甲"), "/desk/registers/lists/library-categories/table/"
    table = [["代码", "名称"], ["fz", "发展党员"], ["zz", "组织生活"]]

    first, second = (text(client.post(address, {"file": sheet(*table)})) for _ in range(2))
    wrong = client.post(address, {"file": sheet(*table, ["x", ""], ["y", "新的"])})

    assert "新增 2 条" in first
    assert "原来就有 2 条" in second
    assert (wrong.status_code, "4 名称 请填写名称。" in text(wrong)) == (422, True)
    found = lines_on("library-categories", timezone.localdate())
    assert [line.code for line in found] == ["fz", "zz"]
