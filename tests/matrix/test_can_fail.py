"""The matrix can fail: every leaking view is found; and something that could leak is always there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import reverse

import ronghe
from ronghe.messages.models import Message
from ronghe.messages.queries import words_of
from tests.matrix.addresses import all_addresses
from tests.matrix.asking import ask
from tests.matrix.examine import Examiner
from tests.matrix.knowledge import CONTACT, Knowledge
from tests.matrix.roles import ROLES, STAFF
from tests.matrix.world import World, has_check, secrets_of

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
LEAKS = {
    "leak-undeclared": "declares no rule",
    "leak-open": "tells title of petition",
    "leak-count": "depends on cases hidden from its reader",
    "leak-order": "depends on cases hidden from its reader",
    "leak-search": "finds what nonsense does not",
    "leak-export": "tells phone of",
    "leak-header": "tells detail of",
    "leak-part": "tells title of",
    "leak-forbidden": "differs from a number that never was",
    "leak-write": "which others answer",
    "leak-new": "parameter thing has no provider",
}


@pytest.fixture(scope="module")
def leaky(world: World) -> Iterator[Examiner]:
    """An examiner that knows the leaking pages and has harvested nothing else."""
    with override_settings(ROOT_URLCONF="tests.matrix.leaky"):
        yield Examiner(world, only="leak-")


@pytest.mark.parametrize("name", LEAKS)
def test_view_that_leaks_is_found(leaky: Examiner, name: str) -> None:
    address = next(one for one in all_addresses() if one.name == name)

    found = leaky.problems(address)

    assert any(LEAKS[name] in line for line in found), found


def test_what_only_htmx_sends_is_read_where_the_examination_sees_it() -> None:
    sources = Path(ronghe.__file__).parent.rglob("*.py")

    assert [source.name for source in sources if "HTTP_HX" in source.read_text(encoding="utf-8")] == []


def told_to(world: World, knowledge: Knowledge) -> dict[tuple[str, str], set[str]]:
    """Every word that is really told, by case and kind: to whom."""
    found: dict[tuple[str, str], set[str]] = {}
    for role in ROLES:
        for key, told in world.cases.items():
            for answer in answers_about(world, knowledge, role.name, key):
                for kind, secret in told.secrets.items():
                    if secret in answer:
                        found.setdefault((key, kind), set()).add(role.name)
    return found


def answers_about(world: World, knowledge: Knowledge, name: str, key: str) -> Iterator[str]:
    """What the pages made for it tell somebody of a case: its page, its files, its receipt, its identity revealed."""
    told, client = world.cases[key], world.clients[name]
    role = next(one for one in ROLES if one.name == name)
    if knowledge.sees(role, key):
        for page, more in (
            ("case", []),
            ("case-file", [told.requesters_file]),
            ("case-file", [told.units_file]),
        ):
            yield ask(client, reverse(page, args=[told.number, *more])).text
    if knowledge.has_asked(role, key):
        yield ask(client, reverse("follow-case", args=[told.number])).text
        yield ask(client, reverse("follow-file", args=[told.number, told.requesters_file])).text
        yield ask(client, reverse("receipt", args=[told.submission])).text
    if key in role.filed:
        yield ask(client, reverse("file-slip", args=[told.number])).text
    if knowledge.reveals(role, key):
        reason = {"reason": "电话核实来信内容"}
        yield ask(client, reverse("case-reveal", args=[told.number]), reason, method="post").text


def test_what_could_leak_is_really_there_and_reaches_who_may_know_it(world: World) -> None:
    knowledge = Knowledge(world)
    found = told_to(world, knowledge)

    kinds = {kind for _key, kind in found}
    drafts = set() if has_check("petition") or has_check("enterprise-request") else {"draft"}
    assert kinds == {*secrets_of(0), "number", "code"} - drafts
    assert {key for key, kind in found if kind == "title"} == set(world.cases)
    protected = {key for key, facts in knowledge.facts.items() if facts.is_protected}
    assert {key for key, kind in found if kind in CONTACT} & protected == {"office-petition"}


def test_no_message_tells_who_asked_and_each_reaches_only_who_may_see_the_case(world: World) -> None:
    knowledge = Knowledge(world)
    by_pk = {told.pk: key for key, told in world.cases.items()}
    people = {world.city.people[role.name].pk: role for role in STAFF}
    wrong = []
    for message in Message.objects.all():
        text = "\n".join(words_of(message))
        for key, told in world.cases.items():
            kinds = {kind for kind, secret in told.secrets.items() if secret in text}
            wrong += [(message.kind, key, kind) for kind in kinds & {*CONTACT, "inner", "note", "draft"}]
            if knowledge.facts[key].is_protected:
                wrong += [(message.kind, key, kind) for kind in kinds & {"title", "detail"}]
        role = people.get(message.to_id) if message.to_type == "person" else None
        key = by_pk.get(message.about_id or 0) if message.about_type == "case" else None
        if role and key and not knowledge.sees(role, key):
            wrong.append((message.kind, key, f"to {role}"))

    assert wrong == []
