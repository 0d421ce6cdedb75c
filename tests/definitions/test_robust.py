"""Whatever stands in a file, the author gets problems, never a crash."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from ronghe.definitions.checking import check
from ronghe.definitions.enums import Kind
from ronghe.definitions.reading import read_bytes, read_path, read_text

pytestmark = pytest.mark.unit

DAY = dt.date(2026, 1, 1)
GOOD = [document.data for document in read_path(Path(__file__).parent / "examples").documents]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        [
            "",
            "x",
            "about",
            "about.x",
            "5 工作日",
            "1 工作日 left",
            "step",
            "gives",
            "case.opened",
            "甲",
            "a - b",
            "%",
        ]
    )
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "step",
                    "by",
                    "where",
                    "procedure",
                    "field",
                    "type",
                    "to",
                    "end",
                    "list",
                    "x",
                    "when",
                    "from",
                    "of",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def places(data, path=()):
    yield path
    for key, inner in (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    ):
        yield from places(inner, (*path, key))


def replaced(data, path, value):
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = replaced(data[path[0]], path[1:], value)
    return copy


@given(st.data())
def test_an_example_with_anything_in_place_of_any_node_is_good_or_told(data):
    example = data.draw(st.sampled_from(GOOD))
    place = data.draw(st.sampled_from([path for path in places(example) if path]))
    broken = replaced(example, place, data.draw(values))

    reading = read_text(json.dumps(broken, ensure_ascii=False), "f.yaml")
    checked, problems = check(reading, effective=DAY)

    assert len(checked) + len([bad for bad in problems if bad.severity == "error"]) >= 1
    assert all(bad.message and bad.line >= 1 and bad.file == "f.yaml" for bad in problems)


@given(
    st.sampled_from(list(Kind)),
    st.dictionaries(st.sampled_from(["title", "flow", "form", "lines", "x"]), values),
)
def test_any_mapping_under_a_kind_is_told(kind, data):
    reading = read_text(json.dumps({kind.value: "x", **data}), "f.yaml")

    assert all(bad.message for bad in check(reading, effective=DAY)[1])


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_give_documents_or_problems(content):
    reading = read_bytes(content, "f.yaml")

    assert reading.documents or reading.problems
