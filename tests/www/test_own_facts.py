"""我的事实: one's own and nobody else's; and nowhere in the product are persons put in an order by a count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from ronghe.activities.enums import State
from ronghe.activities.models import Activity, Participant
from ronghe.casework.domain import By, complete_step, open_case
from ronghe.casework.models import Step
from ronghe.definitions.queries import get
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.www.desk_cases import ago

ROOT = Path(__file__).parents[2] / "src" / "ronghe"
PERSONS = {"person", "assignee", "judge", "actor", "done_by", "opener"}


@pytest.mark.page
@pytest.mark.django_db
def test_everybody_reads_what_is_kept_of_themselves(party_city: City, client: Client) -> None:
    edition = get("activity", "members-meeting", ago(days=2).date()).edition
    for title, name in (("我参加的会", "党员甲"), ("别人参加的会", "支书甲")):
        made = Activity.objects.create(
            edition=edition,
            activity="members-meeting",
            title=title,
            state=State.HELD,
            organisation=party_city.units["zb1"],
            begins_at=ago(days=2),
            opener="person:1",
        )
        Participant.objects.create(activity=made, person=party_city.people[name])
    client.force_login(party_city.accounts["党员甲"])

    page = client.get(reverse("my-facts")).content.decode()

    assert "我参加的会" in page
    assert "别人参加的会" not in page
    assert "市生态环境局第一党支部 党员" in page


@pytest.mark.page
@pytest.mark.django_db
def test_work_is_counted_by_month_for_who_did_it(city: City, client: Client) -> None:
    at = ago(hours=3)
    account = city.accounts["分办甲"]
    case = open_case(
        get("procedure", "resident-message", at.date()), values={"detail": "路灯不亮，请派人来看。"}, at=at
    ).case
    by = By(f"person:{account.person_id}", at, powers_of(account, at.date()))
    complete_step(case.pk, by, step=1, outcome="transfer", to=city.units["zjj"])
    Step.objects.filter(case=case, no=1).update(holder=city.units["fbzx"])
    for name, months in (("分办甲", [(1, 1)]), ("住建局长", [])):
        client.force_login(city.accounts[name])
        told = client.get(reverse("my-facts")).context["months"]
        assert [(steps, cases) for _month, steps, cases in told] == months


def orders_of_persons(source: str) -> Iterator[int]:
    """Lines in which rows counted by a person are put in the order of that count."""
    for node in ast.walk(ast.parse(source)) if "annotate" in source and "order_by" in source else ():
        if isinstance(node, ast.Call):
            chain = list(_chain(node))
            by_person = any(name == "values" and PERSONS & words for name, words in chain)
            counted = {word for name, words in chain if name == "annotate" for word in words}
            ordered = {word.lstrip("-") for name, words in chain if name == "order_by" for word in words}
            if by_person and counted & ordered:
                yield node.lineno


def _chain(node: ast.expr) -> Iterator[tuple[str, set[str]]]:
    """The calls of `a.b(…).c(…)`: name, and the words in their arguments."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        words = {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
        words |= {keyword.arg for keyword in node.keywords if keyword.arg}
        yield (
            node.func.attr,
            {word.partition("__")[0] if node.func.attr == "values" else word for word in words},
        )
        node = node.func.value


@pytest.mark.unit
def test_no_list_puts_persons_in_the_order_of_a_count() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(ROOT.rglob("*.py"))
        for line in orders_of_persons(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("source", "is_ranking"),
    [
        ('X.objects.values("person").annotate(n=Count("pk")).order_by("-n")', True),
        ('X.objects.values("assignee__name").annotate(done=Count("pk")).order_by("-done", "pk")[:10]', True),
        ('X.objects.values("person").annotate(n=Count("pk")).order_by("person__name")', False),
        ('X.objects.values("organisation").annotate(n=Count("pk")).order_by("-n")', False),
    ],
)
def test_an_order_of_persons_is_found(source: str, is_ranking: bool) -> None:
    assert bool(list(orders_of_persons(source))) is is_ranking
