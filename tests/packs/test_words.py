"""What people read: every outcome, result, reply template and list of the packs in plain words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ronghe.casework.enums import OUTCOME_TITLES, RESULT_TITLES
from ronghe.casework.queries.templates import compose, missing, template_for
from ronghe.core.procedure import Flow, Parallel, Step, lists_of, steps_of
from ronghe.definitions import queries as definitions
from ronghe.definitions.checking import check_documents, read_all
from ronghe.definitions.kinds import Definition, PostDefinition, ProcedureDefinition
from tests.city import City

PACKS = Path(__file__).parents[2] / "src/ronghe/packs"
PROCEDURES = sorted(
    PACKS.glob("*/procedure/*.yaml")
)  # read where they are asked, not whenever tests are listed
WORDS = {
    "requester": "示范精密制造有限公司",
    "number": "QY2026-000001",
    "unit": "市生态环境局",
    "today": "2026年3月6日",
    "promised": "3月20日",
}
REQUIRED = {
    "enterprise-reply": ["办理情况", "答复意见"],
    "resident-reply": ["办理情况", "答复意见"],
    "petition-reply": ["信访请求", "办理情况", "政策依据", "答复意见"],
    "decline-reply": ["不予受理的理由", "办理途径"],
}


def ends(flow: Flow) -> set[str]:
    nodes = [node for listing in lists_of(flow) for node in listing.flow.nodes]
    outcomes = [outcome for node in nodes for outcome in node.outcomes.values()]
    return {outcome.end for outcome in [*outcomes, *flow.outcomes.values()] if outcome.end}


def bodies(*paths: Path) -> list[Definition]:
    return [one.body for one in check_documents(read_all(paths).documents)[0]]


def procedures(file: Path) -> list[ProcedureDefinition]:
    """The editions a file holds; it holds some, and nothing else."""
    found = [body for body in bodies(file) if isinstance(body, ProcedureDefinition)]
    assert len(found) == len(bodies(file)) > 0
    return found


@pytest.fixture(scope="module")
def every() -> list[Definition]:
    return bodies(PACKS / "common", PACKS / "shenzhen")


@pytest.mark.unit
def test_every_procedure_lies_with_the_procedures(every: list[Definition]) -> None:
    lying = [body for file in PROCEDURES for body in procedures(file)]

    assert len(lying) == sum(isinstance(body, ProcedureDefinition) for body in every)


@pytest.mark.unit
@pytest.mark.parametrize("file", PROCEDURES, ids=lambda file: file.stem)
def test_every_end_and_every_outcome_has_words(file: Path) -> None:
    for body in procedures(file):
        has_words(body)


def has_words(body: ProcedureDefinition) -> None:
    lanes = {
        outcome.end
        for listing in lists_of(body.flow)
        if listing.path
        for node in listing.flow.nodes
        for outcome in node.outcomes.values()
    }
    untold = [
        (placed.step.code, outcome.code)
        for placed in steps_of(body.flow)
        for outcome in placed.step.outcomes.values()
        if not outcome.title and outcome.code not in OUTCOME_TITLES
    ]

    assert ends(body.flow) - lanes - set(RESULT_TITLES) - set(body.results) == set()
    assert untold == []


@pytest.mark.unit
@pytest.mark.parametrize("file", PROCEDURES, ids=lambda file: file.stem)
def test_every_step_and_parallel_has_a_title(file: Path) -> None:
    nodes: list[Step | Parallel] = [
        node for body in procedures(file) for listing in lists_of(body.flow) for node in listing.flow.nodes
    ]

    assert [node.code for node in nodes if node.title == node.code] == []


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(REQUIRED))
def test_a_reply_is_composed_of_its_parts_and_never_sent_without_the_required_ones(
    city: City,
    code: str,
) -> None:
    step = Step("reply", "答复", {}, template=code)
    template = template_for(step, dt.date(2026, 3, 6))
    assert template is not None
    written = {part.code: f"（{part.title}）" for part in template.parts if part.title in REQUIRED[code]}
    text = compose(template, written, WORDS)

    assert missing(template, {}) == REQUIRED[code]
    assert missing(template, written) == []
    assert "{" not in text
    assert [line for line in text.split("\n") if line.startswith("（")] == list(written.values())
    assert text.endswith("\n市生态环境局\n2026年3月6日")


@pytest.mark.db
@pytest.mark.django_db
def test_a_petition_is_told_how_to_ask_for_a_review(city: City) -> None:
    template = template_for(Step("answer", "办理答复", {}, template="petition-reply"), dt.date(2026, 3, 6))
    assert template is not None
    parts = {part.code: part for part in template.parts}

    assert parts["review"].required
    assert "30 日内，向我单位的上一级机关、单位请求复查" in parts["review"].text
    assert "{requester}" not in "".join(part.text for part in template.parts)


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "titles"),
    [
        ("pain-points", ["办事难", "办事慢", "反复跑"]),
        ("link-kinds", ["链接市场", "链接资源", "链接政策", "链接服务"]),
        ("programmes", ["“我为群众办实事”", "“万名干部助企行”", "“我帮企业”"]),
    ],
)
def test_a_list_says_the_field_s_words(city: City, code: str, titles: list[str]) -> None:
    loaded = definitions.get("list", code, dt.date(2026, 3, 2))

    assert [line.title for line in loaded.body.lines] == titles


@pytest.mark.unit
def test_every_leadership_seat_of_a_unit_has_both_duty_columns(every: list[Definition]) -> None:
    posts = {body.code: body for body in every if isinstance(body, PostDefinition)}
    columns = {
        code: [field.code for field in body.form.fields]
        for code, body in posts.items()
        if body.form and any(field.code.endswith("-duties") for field in body.form.fields)
    }

    both = ["business-duties", "party-duties"]
    assert columns == dict.fromkeys(["head", "deputy", "party-group-secretary", "party-group-member"], both)
