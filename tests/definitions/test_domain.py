"""Loading packs: editions, the ledger's word of them, and the frozen ones that stay."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from ronghe.definitions import queries
from ronghe.definitions.domain import LoadReport, check_packs, check_path, freeze, known_since, load_packs
from ronghe.definitions.exceptions import FrozenEdition, PackProblems, UnknownDefinition, UnknownPack
from ronghe.definitions.models import Edition
from ronghe.ledger.models import Entry

pytestmark = [pytest.mark.db, pytest.mark.django_db]

AT = dt.datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LIST = "list: {code}\ntitle: {title}\nsource: [S-1]\neffective: {day}\nlines: [b, a]\n"


@pytest.fixture
def packs(tmp_path, settings):
    """An empty folder of packs, in force as `base` and `town`."""
    settings.PACKS_DIR, settings.PACKS = tmp_path, ["base", "town"]
    for name in settings.PACKS:
        (tmp_path / name).mkdir()
    (tmp_path / "town" / "own.yaml").write_text(LIST.format(code="own", title="本市", day="2026-01-01"))
    return tmp_path


def write(folder, name, **values):
    (folder / name).write_text(
        LIST.format(**{"code": "topics", "title": "类别", "day": "2026-01-01", **values})
    )


def load(names=("base", "town")):
    return load_packs(names, actor="system:test", at=AT)


def test_the_packs_that_ship_have_no_problem():
    assert check_packs(["common"])[1] == []
    assert check_packs(["common", "shenzhen"])[1] == []


def test_the_packs_that_ship_load_once():
    first = load_packs(settings.PACKS, actor="system:test", at=AT)

    assert (first.changed, first.removed, first.new) == (0, 0, Edition.objects.count())
    assert load_packs(settings.PACKS, actor="system:test", at=AT) == LoadReport(unchanged=first.new)
    assert Entry.objects.filter(kind="definition.published").count() == first.new


def test_an_edition_keeps_the_order_of_its_file_and_tells_the_ledger_its_counts():
    load_packs(settings.PACKS, actor="system:test", at=AT)
    edition = queries.edition_for("procedure", "enterprise-request", dt.date(2026, 1, 5))
    published = Entry.objects.filter(kind="definition.published", definition="procedure:enterprise-request")
    entry = published.get(edition="2022-01-01")

    assert list(json.loads(edition.body)["flow"][0]["outcomes"]) == ["accept", "transfer", "decline"]
    assert (edition.edition, edition.pack, edition.source_file) == (
        "2022-01-01",
        "shenzhen",
        "shenzhen/procedure/enterprise-request.yaml",
    )
    assert (entry.actor, entry.at, entry.edition, entry.data["hash"], entry.data["day"]) == (
        "system:test",
        AT,
        "2022-01-01",
        edition.hash,
        "2022-01-01",
    )
    assert {name: entry.data["values"][name] for name in ("fields", "steps")} == {"fields": 2, "steps": 4}
    assert entry.data["values"]["seconds"] > 0


def test_a_later_pack_replaces_by_kind_and_code(packs):
    write(packs / "base", "a.yaml", title="旧", day="2020-01-01")
    write(packs / "town", "a.yaml", title="新")

    assert load(["base"]).new == 1
    assert load() == LoadReport(new=2, removed=1)
    assert [(row.title, row.pack) for row in Edition.objects.filter(code="topics")] == [("新", "town")]


def test_an_unused_edition_may_change_and_is_published_again(packs):
    write(packs / "base", "a.yaml")
    load()
    write(packs / "base", "a.yaml", title="改")

    assert load() == LoadReport(changed=1, unchanged=1)
    assert queries.get("list", "topics", AT.date()).body.title == "改"
    assert Entry.objects.filter(definition="list:topics").count() == 2


def test_a_frozen_edition_may_not_change_and_nothing_is_loaded(packs):
    write(packs / "base", "a.yaml")
    load()
    freeze(queries.edition_for("list", "topics", AT.date()), at=AT)
    write(packs / "base", "a.yaml", title="改")
    write(packs / "base", "b.yaml", code="more")

    with pytest.raises(FrozenEdition, match="新的 effective"):
        load()

    assert not Edition.objects.filter(code="more").exists()
    assert queries.get("list", "topics", AT.date()).body.title == "类别"


def test_freezing_twice_keeps_the_first_time(packs):
    write(packs / "base", "a.yaml")
    load()
    freeze(queries.edition_for("list", "topics", AT.date()), at=AT)
    freeze(queries.edition_for("list", "topics", AT.date()), at=AT + dt.timedelta(days=1))

    assert Edition.objects.get(code="topics").frozen_at == AT


def test_a_new_edition_stands_beside_a_frozen_one(packs):
    write(packs / "base", "a.yaml")
    load()
    freeze(queries.edition_for("list", "topics", AT.date()), at=AT)
    write(packs / "base", "a-2027.yaml", title="新版", day="2027-01-01")

    assert load() == LoadReport(new=1, unchanged=2)

    titles = [queries.get("list", "topics", dt.date(year, 6, 1)).body.title for year in (2020, 2026, 2027)]
    assert titles == ["类别", "类别", "新版"]
    assert queries.get("list", "topics", dt.date(2027, 6, 1)).first_effective == dt.date(2026, 1, 1)
    assert [one.body.title for one in queries.live("list", dt.date(2027, 6, 1))] == ["本市", "新版"]


def test_a_pinned_edition_is_found_again(packs):
    write(packs / "base", "a.yaml")
    load()
    edition = Edition.objects.get(code="topics")

    assert queries.by_edition(edition.pk) == queries.get("list", "topics", AT.date())


def test_packs_with_problems_load_nothing(packs):
    write(packs / "base", "a.yaml")
    (packs / "base" / "b.yaml").write_text("list: b\ntitel: x\n")

    with pytest.raises(PackProblems, match="没有装载任何定义") as refused:
        load()

    assert "base/b.yaml:2 [titel] 不认识“titel”。（是不是“title”？）" in [
        str(bad) for bad in refused.value.problems
    ]
    assert not Edition.objects.exists()


@pytest.mark.parametrize("name", ["gone", "../base", ".", ""])
def test_an_unknown_pack_is_named_with_the_known_ones(packs, name):
    with pytest.raises(UnknownPack, match="base、town"):
        load([name])


def test_a_pack_may_be_named_by_its_whole_path(packs, tmp_path):
    write(packs / "base", "a.yaml")
    own = tmp_path / "our-city"
    own.mkdir()
    write(own, "a.yaml", title="本市的类别")

    assert load(["base", str(own)]) == LoadReport(new=1)
    edition = Edition.objects.get(code="topics")
    assert (edition.title, edition.pack) == ("本市的类别", "our-city")


def test_an_unknown_definition_says_what_to_do():
    with pytest.raises(UnknownDefinition, match="请核对代码"):
        queries.get("list", "gone", AT.date())
    assert queries.find("list", "gone", AT.date()) is None


def test_a_file_may_name_what_the_packs_in_force_define(packs, tmp_path):
    write(packs / "base", "a.yaml")
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        "register: r\ntitle: 台账\nsource: [S-1]\neffective: 2026-01-01\n"
        "form: [{field: t, title: 类别, type: choice, from: topics}]\n"
    )

    assert check_path(draft) == []
    assert check_path(packs / "base") == []


def test_a_lower_pack_may_not_name_what_only_a_later_one_defines(packs):
    (packs / "base" / "r.yaml").write_text(
        "register: r\ntitle: 台账\nsource: [S-1]\neffective: 2026-01-01\n"
        "form: [{field: t, title: 类别, type: choice, from: own}]\n"
    )

    assert [bad.code for bad in check_path(packs / "base")] == ["unknown-name"]


def test_lists_of_a_form_come_with_their_facts():
    load_packs(settings.PACKS, actor="system:test", at=AT)
    request = queries.get("procedure", "enterprise-request", AT.date()).body
    lists = queries.lists_of(request.form, AT.date())

    assert list(lists) == ["request-topics"]
    assert lists["request-topics"][0] == {"code": "land", "title": "土地规划", "unit": "zrzyj"}
    assert queries.lists_of(None, AT.date()) == {}


def test_powers_follow_from_the_kind_of_post():
    load_packs(settings.PACKS, actor="system:test", at=AT)

    assert queries.powers("petition-officer", AT.date()) == {"handle", "reveal"}
    assert queries.powers("gone", AT.date()) == frozenset()


def test_the_calendar_of_the_packs_knows_made_up_days_and_when_it_does_not_know():
    calendar = queries.calendar()

    assert [calendar.is_workday(dt.date(2024, 2, day)) for day in (4, 12, 18)] == [True, False, True]
    assert (calendar.is_announced(2026), calendar.is_announced(2027)) == (True, False)
    assert queries.calendar() is calendar


def test_office_hours_are_dated_data_of_a_pack(packs):
    folder = packs / "town" / "calendar"
    folder.mkdir()
    (folder / "hours.json").write_text(
        json.dumps(
            {"office_hours": [{"effective": "2026-06-01", "spans": [["08:30", "12:00"], ["14:30", "18:00"]]}]}
        )
    )

    calendar = queries.calendar()

    assert [calendar.opening(dt.date(2026, month, 4)).strftime("%H:%M") for month in (5, 6)] == [
        "09:00",
        "08:30",
    ]


def test_a_city_may_have_known_its_definitions_before_this_database_did(packs):
    write(packs / "base", "a.yaml")
    load()
    before = AT - dt.timedelta(days=90)

    assert (known_since("list", at=before), known_since("duty", at=before)) == (2, 0)
    assert set(Edition.objects.values_list("loaded_at", flat=True)) == {before}
