"""The one box: cases by their words marked in context, units, people and enterprises; nothing hidden; few statements."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.domain.indexing import index_new
from ronghe.casework.models import Case
from ronghe.ledger.domain import sequence
from ronghe.www.desk.forms import UnitField
from tests.casework.test_similar import answered
from tests.city import City
from tests.www.desk_cases import PETITIONER, PHONE, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
OVERSEER = "工委甲"


@pytest.fixture
def cases(city: City) -> list[Case]:
    made = [file_request(city), file_petition(city), answered(city)]
    index()
    return made


def index() -> None:
    sequence()
    index_new(timezone.now())


def find(client: Client, text: str, **more: str) -> str:
    return client.get(reverse("search"), {"q": text, **more}).content.decode()


def found(html: str) -> set[str]:
    return set(re.findall(r'href="/desk/cases/([A-Z0-9-]+)/"', html))


def test_a_case_is_found_by_its_words_which_are_marked(
    signed: Callable[[str], Client], cases: list[Case]
) -> None:
    page = find(signed(OVERSEER), "路灯")

    assert found(page) == {cases[2].number}
    assert "小区门口<mark>路灯</mark>不亮" in page
    assert "<mark>路灯</mark>已修复" in page


def test_the_whole_number_goes_to_the_case_and_a_hidden_one_is_not_found(
    signed: Callable[[str], Client], cases: list[Case]
) -> None:
    answer = signed(OVERSEER).get(reverse("search"), {"q": cases[0].number.lower()})
    assert (answer.status_code, answer["Location"]) == (302, reverse("case", args=[cases[0].number]))

    page = find(signed("住建经办"), cases[0].number)
    assert found(page) == set()
    assert "您能看到的办件里没有这些词" in page


def test_who_is_protected_is_found_by_nobody(signed: Callable[[str], Client], cases: list[Case]) -> None:
    for text in (PETITIONER, PHONE):
        assert found(find(signed(OVERSEER), text)) == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("生态环境", "市生态环境局"),
        ("sthjj", "市生态环境局"),
        ("住建局长", "住建局长"),
        ("zjjz", "住建局长"),
        ("示范精密", "示范精密制造有限公司"),
        ("sfjm", "示范精密制造有限公司"),
    ],
)
def test_units_people_and_enterprises_are_found_by_name_and_initials(
    signed: Callable[[str], Client], city: City, text: str, shown: str
) -> None:
    index()

    assert f">{shown}</a>" in find(signed("环境经办"), text)


@pytest.mark.parametrize(
    ("text", "said"), [("", "都在这里找"), ("！？", "只有标点，找不了"), ("没有的词句", "没有叫这个名称的")]
)
def test_nothing_found_says_why(signed: Callable[[str], Client], text: str, said: str) -> None:
    assert said in find(signed(OVERSEER), text)


def test_what_was_found_can_be_narrowed(signed: Callable[[str], Client], cases: list[Case]) -> None:
    client = signed(OVERSEER)
    page = find(client, "路灯", state="closed", unit="zjj")

    assert found(page) == {cases[2].number}
    assert '<option value="closed" selected>已办结（1）</option>' in page
    assert found(find(client, "路灯", state="open")) == set()


def test_words_typed_are_never_markup(signed: Callable[[str], Client], cases: list[Case]) -> None:
    page = find(signed(OVERSEER), '"><script>alert(1)</script>')

    assert "<script>alert" not in page


def test_a_hidden_case_changes_no_byte(
    signed: Callable[[str], Client], city: City, cases: list[Case]
) -> None:
    client = signed("住建经办")
    strip = re.compile(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"')
    before = strip.sub("", find(client, "路灯"))
    for _ in range(3):
        Case.objects.filter(pk=file_request(city).pk).update(title="路灯 路灯")
    index()

    assert strip.sub("", find(client, "路灯")) == before


def test_statements_do_not_grow(signed: Callable[[str], Client], city: City, cases: list[Case]) -> None:
    client, counts = signed(OVERSEER), []
    find(client, "路灯")
    for more in (0, 3):
        for _ in range(more):
            answered(city)
        index()
        with CaptureQueriesContext(connection) as asked:
            find(client, "路灯")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_public_answers_are_found_by_the_same_words(client: Client, city: City, cases: list[Case]) -> None:
    def shown(text: str) -> bool:
        return "小区门口路灯不亮" in client.get(reverse("public-answers"), {"q": text}).content.decode()

    assert shown("不亮 修复")
    assert shown("“路灯已修复”")
    assert not shown("不亮 没修")
    assert not shown(cases[2].number)
    assert not shown("市住房和建设局")


def test_a_unit_is_chosen_by_its_initials(city: City) -> None:
    city.units["sthjj"].initials, city.units["zjj"].initials = "ssthjj sthjjx", "szfjsj dup"
    city.units["fwz1"].initials = "d1fwxz dup"
    for unit in city.units.values():
        unit.save(update_fields=["initials"])
    field = UnitField(on=timezone.localdate())

    assert [field.clean(typed) for typed in ("ssthjj", "STHJJX", "szfjsj")] == [
        city.units["sthjj"],
        city.units["sthjj"],
        city.units["zjj"],
    ]
    for typed, said in (("dup", "有几个单位"), ("xyz", "没有叫“xyz”的单位")):
        with pytest.raises(ValidationError, match=said):
            field.clean(typed)
