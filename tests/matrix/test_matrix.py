"""Every address × every role × own and other units × open and protected identity. What is wrong names its address."""

from __future__ import annotations

import pytest

from tests.matrix.addresses import Address, all_addresses
from tests.matrix.examine import Examiner
from tests.matrix.world import World

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(scope="module")
def examiner(world: World) -> Examiner:
    return Examiner(world)


@pytest.mark.parametrize("address", all_addresses(), ids=str)
def test_address_tells_nobody_what_they_may_not_know(examiner: Examiner, address: Address) -> None:
    assert examiner.problems(address) == []
