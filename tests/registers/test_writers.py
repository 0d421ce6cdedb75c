"""Who alone may write a figure: whom its `by` names, never the unit it is about."""

from __future__ import annotations

import pytest

from ronghe.core.select import Selector
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.registers.rules import may_record, units_for
from tests.city import City
from tests.registers.conftest import powers

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def kind(by: object = None) -> QuantityKind:
    return QuantityKind.model_validate(
        {"code": "gdp", "title": "生产总值", "unit": "万元", **({"by": by} if by else {})}
    )


@pytest.mark.parametrize(
    ("by", "name", "keeper", "is_own", "allowed"),
    [
        ("department", "住建经办", "sthjj", False, True),  # named, also of what another keeps
        ("department", "管家甲", "fwz1", False, False),  # not named, even of their own
        ("department", "住建经办", "zjj", True, False),  # never the unit it is about
        ("department", "住建经办", "sthjj", True, True),
        ("handler", "住建经办", "sthjj", False, True),  # by kind of post
        ("handler", "住建局长", "sthjj", False, False),
        ("zjj", "住建局长", "sthjj", False, True),  # by the unit itself
        ({"post": "head"}, "住建局长", "sthjj", False, True),
        (["service-group", "zjj"], "管家甲", "zjj", False, True),
        (None, "住建经办", "zjj", True, True),
        (None, "住建经办", "sthjj", False, False),
    ],
)
def test_who_writes_a_figure(city: City, by: object, name: str, keeper: str, is_own: bool, allowed: bool):
    found = may_record(powers(city, name), kind(by), city.units[keeper].pk, is_own=is_own)

    assert found is allowed


def test_a_path_nobody_can_follow_lets_nobody(city: City):
    assert units_for(Selector.parse("about.x"), powers(city, "住建经办")) == frozenset()
