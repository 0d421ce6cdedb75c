"""Limits as rules write them."""

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.worktime import Limit, Unit

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("5 工作日", Limit(5, Unit.WORKDAY)),
        ("5工作日", Limit(5, Unit.WORKDAY)),
        ("5 个工作日", Limit(5, Unit.WORKDAY)),
        (" 15 自然日 ", Limit(15, Unit.DAY)),
        ("1 个月", Limit(1, Unit.MONTH)),
        ("１ 月", Limit(1, Unit.MONTH)),
        ("+4 工时", Limit(4, Unit.HOUR)),
        ("0 工作日", Limit(0, Unit.WORKDAY)),
    ],
)
def test_parse_reads_what_people_write(written: str, limit: Limit) -> None:
    assert Limit.parse(written) == limit


@given(st.integers(0, 100_000), st.sampled_from(Unit))
def test_parse_reads_back_what_str_writes(amount: int, unit: Unit) -> None:
    assert Limit.parse(str(Limit(amount, unit))) == Limit(amount, unit)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "limit.unreadable"),
        (5, "limit.unreadable"),
        ("工作日", "limit.unreadable"),
        ("1.5 工作日", "limit.unreadable"),
        ("5", "limit.unit"),
        ("5 天", "limit.unit"),
        ("5 days", "limit.unit"),
        ("-5 工作日", "limit.negative"),
        ("100001 工作日", "limit.too-large"),
        ("9" * 5000 + " 工作日", "limit.too-large"),
    ],
)
def test_parse_refuses_with_a_cure(written: object, code: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Limit.parse(written)

    assert refused.value.code == code
    assert "5 工作日" in refused.value.cure


def test_counted_uses_measure_words() -> None:
    assert [unit.counted(3) for unit in Unit] == ["3 个工作日", "3 天", "3 个月", "3 小时"]
