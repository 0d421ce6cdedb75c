"""Finding cases by their words: what is indexed and what never is, who finds it, that the index follows, on both databases."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st

from ronghe.casework import domain
from ronghe.casework.domain import indexing
from ronghe.casework.domain.erasing import erase_requester
from ronghe.casework.models import Case, SearchMark, SearchText
from ronghe.casework.queries import search
from ronghe.casework.queries.search import (
    Found,
    Lag,
    Option,
    Wanted,
    hits,
    indexing_lag,
    key_of,
    search_cases,
)
from ronghe.definitions import queries as definitions
from ronghe.ledger.domain import sequence
from ronghe.organisations import domain as organisations
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.initials import wrong_initials
from ronghe.organisations.queries import powers_of
from ronghe.text.tokens import GAP, holds, terms
from tests.casework.test_life import by, file_request
from tests.casework.test_similar import DAY, answered, message
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-03-10 09:00")
OVERSEER = "工委甲"


def indexed() -> int:
    sequence()
    return indexing.index_new(NOW)


def found(city: City, text: str, who: str = OVERSEER, **more: str) -> Found:
    return search_cases(powers_of(city.accounts[who], NOW.date()), Wanted(text, **more), NOW)


def numbers(city: City, text: str, who: str = OVERSEER, **more: str) -> list[str]:
    return [hit.case.number for hit in found(city, text, who, **more).hits]


def petition(detail: str = "某单位张三的电话13800138000") -> Case:
    return domain.open_case(
        definitions.get("procedure", "petition", DAY),
        values={"detail": detail, "matter": "appeal"},
        at=moment("2026-03-02 10:00"),
        contact=Contact(name="李四五", phone="13911112222"),
    ).case


def test_a_case_is_found_by_what_everybody_who_sees_it_reads(city: City) -> None:
    indexed()  # the founding of the city
    case = answered(city, "小区门口路灯不亮", "路灯线路已经更换。")
    other = file_request(city)
    assert indexed() == 2

    for words in ("路灯", "灯", "不亮 更换", "“门口路灯”", case.number, "住房和建设局"):
        assert numbers(city, words) == [case.number], words
    for words in ("示范精密", "货车", other.number.lower(), other.number.replace("-", " "), "ＱＹ２０２６"):
        assert numbers(city, words) == [other.number], words
    assert numbers(city, "路灯 货车") == []
    assert numbers(city, "“路灯，不亮”") == []


def test_matched_words_stand_in_their_context(city: City) -> None:
    answered(city, "小区门口路灯不亮", "先说" + "很长的话" * 20 + "路灯线路已经更换" + "，再说" * 20)
    indexed()

    hit = found(city, "路灯").hits[0]

    assert ("路灯", True) in hit.title
    assert [what for what, _ in hit.excerpts] == ["said", "reply"]
    reply = dict(hit.excerpts)["reply"]
    assert reply[0] == ("…", False)
    assert reply[-1] == ("…", False)
    assert [words for words, is_hit in reply if is_hit] == ["路灯"]


def test_nothing_hidden_finds_a_case(city: City) -> None:
    case = petition()
    domain.add_note(case.pk, by(city, "分办甲", "2026-03-02 11:00"), text="内部商量口径")
    answered(city, "小区门口路灯不亮，找业主王小明13800138000")
    indexed()

    for words in ("李四五", "13911112222", "13800138000", "口径", "内部商量", "138001", "小明"):
        assert numbers(city, words) == [], words
    assert "13800138000" not in "".join(map(str, SearchText.objects.values_list("fields", "tokens")))


def test_a_draft_is_not_found_until_it_is_sent(city: City) -> None:
    case = file_request(city)
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 11:00", case), step=1, outcome="accept"
    )
    case.replies.create(no=1, text="拟好的答复口径", at=NOW, actor="person:1")
    indexed()
    assert numbers(city, "拟好的") == []

    case.replies.update(sent_at=NOW)
    with transaction.atomic():
        indexing.index_cases([case.pk])
    assert numbers(city, "拟好的") == [case.number]


def test_a_search_finds_only_what_one_may_see(city: City) -> None:
    seen, hidden = answered(city, "路灯一不亮"), file_request(city)
    indexed()
    before = found(city, "办 OR 路灯", "住建经办"), found(city, "路灯", "住建经办")

    Case.objects.filter(pk=hidden.pk).update(title="路灯路灯路灯")
    indexing.index_cases([hidden.pk])
    for n in range(3):
        Case.objects.filter(pk=message(f"路灯不亮{n}").pk).update(responsible=city.units["sthjj"])
    indexed()

    assert numbers(city, "路灯", "住建经办") == [seen.number]
    assert (found(city, "办 OR 路灯", "住建经办"), found(city, "路灯", "住建经办")) == before
    assert found(city, "路灯").total > 1


def test_parts_of_what_was_found_are_counted_and_chosen(city: City) -> None:
    closed, waiting = answered(city, "路灯一不亮"), message("路灯二不亮")
    indexed()

    facets = found(city, "路灯", state="closed").facets

    assert facets["state"] == [Option("closed", "已办结", 1, is_chosen=True), Option("open", "办理中", 1)]
    assert facets["procedure"] == [Option("resident-message", "群众留言", 1)]
    assert facets["unit"] == [Option("zjj", "市住房和建设局", 1)]
    assert facets["year"] == [Option("2026", "2026", 1)]
    assert numbers(city, "路灯", state="closed") == [closed.number]
    assert numbers(city, "路灯", unit="zjj", year="2026") == [closed.number]
    assert set(numbers(city, "路灯", year="2026")) == {closed.number, waiting.number}
    assert numbers(city, "路灯", year="0000") == numbers(city, "路灯")


def test_pages_follow_each_other_by_key(city: City) -> None:
    cases = [message(f"路灯{n}不亮") for n in range(5)]
    indexed()
    powers = powers_of(city.accounts[OVERSEER], NOW.date())

    first = search_cases(powers, Wanted("路灯"), NOW, most=3)
    rest = search_cases(powers, Wanted("路灯", before=first.next), NOW, most=3)

    assert first.total == 5
    assert first.next == key_of(first.hits[-1].case)
    assert [hit.case.pk for hit in [*first.hits, *rest.hits]] == [case.pk for case in reversed(cases)]
    assert rest.next == ""
    assert numbers(city, "路灯", before="nonsense") == [case.number for case in reversed(cases)]


def test_words_of_many_cases_give_the_same_page(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        message(f"路灯{n}不亮")
    indexed()
    before = found(city, "路灯", year="2026")
    monkeypatch.setattr(search, "MANY", 1)

    assert found(city, "路灯", year="2026") == before
    assert len(before.hits) == 4


@pytest.mark.parametrize("text", ["", "  ", "！？。", '"', "*", "“”", "()"])
def test_nothing_asked_finds_nothing(city: City, text: str) -> None:
    message()
    indexed()

    assert found(city, text) == Found([], 0, {"state": [], "procedure": [], "unit": [], "year": []})


@pytest.mark.parametrize(
    "text", ["a' OR 1=1 --", '" NEAR(路灯)', "路灯* AND", "col:路灯 ^", "路灯') | ('x", "\\", "\x00路灯"]
)
def test_operators_are_only_words(city: City, text: str) -> None:
    message()
    indexed()

    assert numbers(city, text) in ([], numbers(city, "路灯"))


def test_what_is_not_indexed_yet_is_found_by_number_and_title(city: City) -> None:
    case = domain.open_case(
        definitions.get("procedure", "resident-message", DAY), values={"detail": "小区门口路灯不亮"}, at=NOW
    ).case

    assert numbers(city, case.number[2:]) == [case.number]
    assert numbers(city, "路灯不亮") == [case.number]
    assert numbers(city, "路灯不亮", "环境经办") == []


def test_the_index_follows_the_ledger_and_says_how_far(city: City) -> None:
    assert indexed() >= 0
    case = message("楼道堆放杂物")
    assert indexing_lag().entries > 0
    assert indexed() == 1
    assert indexing_lag() == Lag(0)
    assert indexed() == 0

    answer = answered(city, "另一件事", "杂物已经清走。")
    indexed()
    assert set(numbers(city, "杂物")) == {case.number, answer.number}
    assert indexing.check()["differences"] == []


def test_renaming_a_unit_is_followed(city: City) -> None:
    case = answered(city)
    indexed()
    organisations.rename_organisation(city.units["zjj"], name="市住房城乡建设委", actor="system:test", at=NOW)
    indexed()

    assert numbers(city, "城乡建设委") == [case.number]


def test_initials_of_names_are_followed(city: City) -> None:
    indexed()
    unit, person = city.units["sthjj"], city.people["住建局长"]
    unit.refresh_from_db()
    person.refresh_from_db()
    assert (unit.initials, person.initials, wrong_initials()) == ("ssthjj", "zjjz", 0)

    organisations.rename_organisation(
        unit, name="市环境保护局", short_name="环保局", actor="system:test", at=NOW
    )
    assert wrong_initials() == 1
    indexed()
    unit.refresh_from_db()
    assert unit.initials == "shjbhj hbj"


def test_erasing_is_followed(city: City) -> None:
    case = message("小区路灯不亮", place={"address": "幸福路1号"})
    Case.objects.filter(pk=case.pk).update(values={"detail": "幸福花园的老李说路灯不亮"})
    indexed()
    assert numbers(city, "幸福花园") == [case.number]
    case = file_request(city)
    Case.objects.filter(pk=case.pk).update(state="closed")
    erase_requester(case.identity, ground="asked", actor="system:test", at=NOW)
    Case.objects.filter(pk=case.pk).update(title="内容已经清除", values={})
    indexed()

    assert numbers(city, "货车") == []
    assert numbers(city, "已经清除") == [case.number]
    assert indexing.check()["differences"] == []


def test_other_rules_of_cutting_make_everything_anew(city: City) -> None:
    case = message()
    indexed()
    SearchMark.objects.update(edition=0)
    SearchText.objects.all().delete()

    assert indexing.index_new(NOW) >= 1
    assert numbers(city, "路灯") == [case.number]


def test_check_tells_what_differs_and_rebuilding_mends_it(city: City) -> None:
    missing, stale, cut = message("路灯一"), message("路灯二"), message("路灯三")
    indexed()
    SearchText.objects.filter(pk=missing.pk).delete()
    Case.objects.filter(pk=stale.pk).update(title="改过的标题")
    SearchText.objects.filter(pk=cut.pk).update(tokens=f"别的 {GAP}")

    told = [(one["case"], one["what"]) for one in indexing.check()["differences"]]
    assert told == [(missing.number, "missing"), (stale.number, "text"), (cut.number, "index")]

    assert indexing.rebuild(NOW)["cases"] == Case.objects.count()
    assert indexing.check()["differences"] == []
    assert numbers(city, "路灯一") == [missing.number]


def test_a_turn_killed_half_way_leaves_no_trace(city: City) -> None:
    message()
    sequence()
    with transaction.atomic():
        indexing.index_new(NOW)
        transaction.set_rollback(True)
    assert numbers(city, "门口") == []

    assert indexing.index_new(NOW) == 1
    assert len(numbers(city, "门口")) == 1


def test_statements_do_not_grow(city: City) -> None:
    message("路灯0不亮")
    indexed()
    powers = powers_of(city.accounts[OVERSEER], NOW.date())
    with CaptureQueriesContext(
        connection,
    ) as one:
        search_cases(powers, Wanted("路灯"), NOW)
    for n in range(1, 4):
        message(f"路灯{n}不亮")
    indexed()
    with CaptureQueriesContext(connection) as four:
        search_cases(powers, Wanted("路灯"), NOW)

    assert len(one) == len(four) == 7


TEXTS = st.text("路灯不亮小區aB1２9 -，。\"“”'*:&|()㎡", min_size=1, max_size=14)


@given(texts=st.lists(TEXTS, min_size=1, max_size=4), queries=st.lists(TEXTS, min_size=1, max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_finds_exactly_what_the_words_say(
    city: City, texts: list[str], queries: list[str]
) -> None:
    """Run on each database: both find what `holds` finds, so both find the same."""
    with transaction.atomic():
        cases = [message("占位") for _ in texts]
        fields = {case.pk: [("said", text)] for case, text in zip(cases, texts, strict=True)}
        SearchText.objects.bulk_create(
            SearchText(case_id=pk, fields=said, tokens=indexing.tokens_of(said))
            for pk, said in fields.items()
        )
        for query in queries:
            expected = {
                pk for pk, said in fields.items() if terms(query) and holds([said[0][1]], terms(query))
            }
            assert set(hits(Case.objects.all(), query, NOW).values_list("pk", flat=True)) == expected, query
        transaction.set_rollback(True)
