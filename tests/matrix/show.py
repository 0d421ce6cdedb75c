"""The matrix as a table, for `python -m tests.matrix`; it proves nothing, `test_matrix` does."""

from __future__ import annotations

import pytest

from tests.matrix.addresses import all_addresses, places
from tests.matrix.asking import ask
from tests.matrix.knowledge import Knowledge
from tests.matrix.roles import ROLES
from tests.matrix.world import World

pytestmark = [pytest.mark.page, pytest.mark.django_db]
SIGNS = {200: "●", 204: "●", 301: "→", 302: "→", 403: "×", 404: "–", 405: "·"}


def test_show(world: World) -> None:
    """One line for each address: of each role, what a GET gives, case by case in the order of the world."""
    knowledge = Knowledge(world)
    print(
        "\n● shown  → sent on (to sign in, mostly)  × refused  – not there  · only POST; cases:", *world.cases
    )
    for n, role in enumerate(ROLES, 1):
        print(f"{n:3} {role}: {'、'.join(sorted(knowledge.powers(role))) or '无'}")
    width = 2 + len(world.cases)
    print(" " * 24, *(f"{n:<{width}}" for n in range(1, len(ROLES) + 1)))
    for address in all_addresses():
        cells = []
        for role in ROLES:
            client = world.clients[role.name]
            statuses = [ask(client, place.path).status for place in one_each(world, address)]
            cells.append("".join(SIGNS.get(status, "!") for status in statuses).ljust(width))
        print(f"{address.name:<24} {' '.join(cells)} {address.gate}")


def one_each(world, address):  # type: ignore[no-untyped-def]
    """One place for each case; otherwise the first."""
    by_case = {place.key: place for place in reversed(places(address, world))}
    return [by_case[key] for key in world.cases if key in by_case] or list(by_case.values())[:1]
