"""Every example of the notation is a good definition; what it names and the packs lack is told as such."""

import datetime as dt
import re
from pathlib import Path

import pytest

from ronghe.definitions.checking import check_documents, check_upon, read_all
from ronghe.definitions.checking.documents import parse
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import MODELS
from ronghe.definitions.reading import read_path, read_text

pytestmark = pytest.mark.unit

EXAMPLES = Path(__file__).parent / "examples"
PACKS = Path(__file__).parents[2] / "src/ronghe/packs"
DAY = dt.date(2026, 1, 1)

# What each example names that neither the packs nor the other examples define.
UNRESOLVED = {
    "activity-joint-theme-day": ["institute-branch"],
    "bulletin-race-warning": ["ahead-of-schedule", "appeal"],
    "bulletin-shock-team-progress": ["task-progress"],
    "indicator-leaf-reduction": ["annual", "annual"],
    "judgement-promise-check": ["breach"],
    "judgement-reply-spot-check": ["reply-checker"],
    "list-request-topics": [],
    "organisation-area": ["analyst", "statistics-bureau"],
    "post-pioneer-post": ["community", "team"],
    "procedure-city-wide-application": ["city-wide", "district-bureau", "tracking-no"],
    "procedure-four-top-tens": ["entry-score", "honour", "top-ten-tracks"],
    "procedure-land-and-start": [
        "land-contract",
        "permit-office",
        "permit-office",
        "planning-bureau",
    ],
    "procedure-open-bid-task": ["about", "bid-review", "open-bid-notice"],
    "procedure-project-life": ["decision-group", *["project-stage-owners"] * 5, "stage-permit"],
    "procedure-re-election": ["old-secretary", "secretary"],
    "procedure-rectification": ["measures"],
    "register-project": ["statistics-bureau"],
    "register-talent": ["employer", "talent-office"],
    "scheme-three-strives-2022": [
        "business-departments",
        "honours",
        "innovation-entries",
        "negative-listing",
        "party-departments",
        "pre-deduction",
        "quarter-result",
        "satisfied-share",
        "theme-day-coverage",
        "three-meetings-coverage",
        "vertical-units",
    ],
}


def named(message: str) -> str:
    return message.split("“")[1].split("”", maxsplit=1)[0]


def test_there_is_an_example_of_every_kind():
    assert {file.name.split("-")[0] for file in EXAMPLES.glob("*.yaml")} == set(Kind)


@pytest.fixture(scope="module")
def others():
    return check_documents(
        read_all([EXAMPLES, PACKS / "common", PACKS / "shenzhen"]).documents, effective=DAY
    )[0]


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_an_example_is_good_and_names_only_what_is_known_to_be_missing(file, others):
    checked, problems = check_upon(others, read_path(file), effective=DAY)

    assert len(checked) == 1
    assert {problem.severity for problem in problems} <= {"reference"}
    assert sorted(named(problem.message) for problem in problems) == sorted(UNRESOLVED.get(file.stem, []))


def test_every_definition_can_be_made_again_from_what_is_kept():
    checked, _ = check_documents(read_all([PACKS / "common", PACKS / "shenzhen"]).documents)

    assert [parse(one.document.data) for one in checked] == [one.body for one in checked]


def test_every_example_of_the_manual_is_good(others):
    manual = (PACKS.parents[2] / "docs/definitions.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)

    problems = [
        bad for block in blocks for bad in check_upon(others, read_text(block, "manual"), effective=DAY)[1]
    ]

    assert len(blocks) >= 8
    assert problems == []


def test_the_manual_names_every_key_of_every_kind():
    manual = (PACKS.parents[2] / "docs/definitions.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_]+", manual))

    assert {key for model in MODELS.values() for key in model.written()} - words == set()
