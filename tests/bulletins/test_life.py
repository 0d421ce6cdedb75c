"""A bulletin from draft to its end: written, signed by different people, frozen, standing, objected to, over."""

from __future__ import annotations

import uuid

import pytest

from ronghe.bulletins import domain, queries
from ronghe.bulletins.domain.signing import hash_of
from ronghe.bulletins.exceptions import DomainError, StaleBulletin
from ronghe.bulletins.models import Bulletin
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import facts_of, titles_of, visible_of
from ronghe.ledger.queries import entries_of
from tests.bulletins.papers import AT, begun, issued, powers, signed, third
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]


class refused:  # noqa: N801 - reads as a sentence
    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        assert isinstance(error, DomainError), "nothing was refused"
        assert error.code == self.code
        return True


def kinds(paper: Bulletin) -> list[str]:
    return [entry.kind for entry in entries_of(("paper", paper.pk))]


def test_draft_is_filled_and_recorded(city: City) -> None:
    paper = begun(city, values={"opening": "事由。"})

    assert (paper.title, paper.state, paper.number) == ("公示", "draft", "")
    assert paper.content["parts"]["opening"] == "事由。"
    assert "【公示截止日】" in paper.content["parts"]["ways"]
    entry = entries_of(("paper", paper.pk)).get()
    assert (entry.kind, entry.code, entry.organisation_id) == (
        "bulletin.drafted",
        "public-notice",
        city.units["sthjj"].pk,
    )


def test_three_different_people_sign_in_order_and_the_last_issues_it(city: City) -> None:
    paper = issued(city)

    assert [one["sign"] for one in paper.signed] == ["编辑", "送签", "签发"]
    assert len({one["actor"] for one in paper.signed}) == 3
    assert (paper.state, paper.number) == ("issued", "市生态环境局公示〔2026〕1号")
    assert kinds(paper) == [
        "bulletin.drafted",
        "bulletin.signed",
        "bulletin.signed",
        "bulletin.signed",
        "bulletin.issued",
    ]


def test_nobody_signs_twice_and_the_last_leads_the_unit(city: City) -> None:
    third(city)
    paper = signed(city, begun(city), "环境经办")

    with refused("signed-before"):
        domain.sign(paper.pk, revision=paper.revision, powers=powers(city, "环境经办"), at=moment(AT))
    paper = signed(city, paper, "环境局长")
    with refused("not-last"):
        domain.sign(paper.pk, revision=paper.revision, powers=powers(city, "环境经办二"), at=moment(AT))
    assert Bulletin.objects.get(pk=paper.pk).state == "signing"


def test_another_unit_neither_changes_nor_signs(city: City) -> None:
    paper = begun(city)

    for act in (
        lambda: domain.change(
            paper.pk, parts={"opening": "改"}, revision=1, powers=powers(city, "住建局长"), at=moment(AT)
        ),
        lambda: domain.sign(paper.pk, revision=1, powers=powers(city, "住建局长"), at=moment(AT)),
        lambda: domain.withdraw(
            paper.pk, ground="mistaken", note_text="写错了", powers=powers(city, "住建局长"), at=moment(AT)
        ),
    ):
        with refused("not-yours"):
            act()


def test_required_parts_must_say_something_before_it_is_signed(city: City) -> None:
    paper = begun(city, values={})

    with refused("missing"):
        domain.sign(paper.pk, revision=1, powers=powers(city, "环境经办"), at=moment(AT))


def test_two_editors_lose_nothing(city: City) -> None:
    paper = begun(city)
    mine = powers(city, "环境经办")
    domain.change(paper.pk, parts={"opening": "先改的。"}, revision=1, powers=mine, at=moment(AT))

    with pytest.raises(StaleBulletin) as stale:
        domain.change(paper.pk, parts={"opening": "后改的。"}, revision=1, powers=mine, at=moment(AT))

    assert (stale.value.code, stale.value.data["now"]["opening"]) == ("stale", "先改的。")
    assert Bulletin.objects.get(pk=paper.pk).content["parts"]["opening"] == "先改的。"


def test_who_signs_signs_what_was_read(city: City) -> None:
    paper = begun(city)
    domain.change(
        paper.pk, parts={"opening": "又改。"}, revision=1, powers=powers(city, "环境经办"), at=moment(AT)
    )

    with refused("stale"):
        domain.sign(paper.pk, revision=1, powers=powers(city, "环境局长"), at=moment(AT))


def test_handed_back_it_is_changed_and_signed_anew(city: City) -> None:
    third(city)
    paper = signed(city, begun(city), "环境经办")
    editor = powers(city, "环境经办")
    with refused("being-signed"):
        domain.change(
            paper.pk, parts={"opening": "改"}, revision=paper.revision, powers=editor, at=moment(AT)
        )

    paper = domain.return_(paper.pk, note_text="名单请核对", powers=powers(city, "环境局长"), at=moment(AT))

    assert (paper.state, paper.signed, paper.notes[0]["text"]) == ("draft", [], "名单请核对")
    domain.change(paper.pk, parts={"opening": "改"}, revision=paper.revision, powers=editor, at=moment(AT))


def test_what_was_issued_is_frozen_with_its_hash_in_the_ledger(city: City) -> None:
    paper = issued(city)

    entry = entries_of(("paper", paper.pk)).last()
    assert entry is not None
    assert entry.data["hash"] == paper.hash == hash_of(paper)
    assert "名单" not in str(entry.data)
    printed = queries.paper_of(paper)
    assert [block.text for block in printed.blocks if hasattr(block, "text")] == [
        "经集体研究，拟推荐下列单位为先进集体。",
        "一、第一支部",
        "二、第二支部",
        "公示期至2026年3月9日。有异议的请反映。",
    ]
    with refused("not-yours"):
        domain.change(
            paper.pk,
            parts={"opening": "x"},
            revision=paper.revision,
            powers=powers(city, "环境局长"),
            at=moment(AT),
        )


def test_it_stands_on_the_working_day_calendar(city: City) -> None:
    # 2026-09-20 is a Sunday worked for the holiday; 25 to 27 September are off.
    paper = issued(city, at="2026-09-18 10:00")

    assert paper.until is not None
    assert f"{paper.until.astimezone(moment(AT).tzinfo):%m-%d %H:%M}" == "09-24 18:00"


def test_numbers_count_by_unit_and_year(city: City) -> None:
    assert [issued(city).number for _ in range(2)] == [
        "市生态环境局公示〔2026〕1号",
        "市生态环境局公示〔2026〕2号",
    ]


def test_it_ends_clear_after_it_stood(city: City) -> None:
    paper = issued(city)

    assert domain.settle_due(moment("2026-03-09 10:00")) == 0
    assert domain.settle_due(moment("2026-03-09 19:00")) == 1
    assert domain.settle_due(moment("2026-03-10 19:00")) == 0
    paper.refresh_from_db()
    assert (paper.ending, paper.state) == ("clear", "issued")
    assert list(Bulletin.objects.public(moment("2026-03-09 10:00"))) == [paper]
    assert list(Bulletin.objects.public(moment("2026-03-09 19:00"))) == []


def object_to(paper: Bulletin, at: str) -> Case:
    loaded = definitions.get("procedure", "public-comment", moment(at).date())
    values = {"stance": "异议", "detail": "名单里的单位今年受过处理。"}
    return casework.open_case(loaded, values=values, at=moment(at), thing=("bulletin", paper.pk)).case


def answer(city: City, case: Case, outcome: str, at: str) -> None:
    head = f"person:{city.people['环境局长'].pk}"
    step = case.steps.get(done_at=None)
    casework.complete_step(case.pk, casework.By(head, moment(at)), step=step.no, values={"finding": "属实"})
    step = case.steps.get(done_at=None)
    casework.complete_step(
        case.pk,
        casework.By(head, moment(at)),
        step=step.no,
        outcome=outcome,
        reply="经核实，处理如下。",
    )


def test_objection_goes_to_who_issued_it_and_nothing_ends_clear_meanwhile(city: City) -> None:
    paper = issued(city)
    case = object_to(paper, "2026-03-04 10:00")

    assert case.responsible == city.units["sthjj"] or case.steps.get().holder == city.units["sthjj"]
    assert [(one.case, one.is_open) for one in queries.objections_to(paper.pk)] == [(case.pk, True)]
    assert domain.settle_due(moment("2026-03-10 19:00")) == 0


def test_keeper_tells_what_a_bulletin_is(city: City) -> None:
    paper = issued(city)
    facts = facts_of(("bulletin", paper.pk), moment(AT).date())

    assert facts is not None
    assert (facts.get("title"), facts.get("state"), facts.get("number")) == (
        "关于拟推荐先进集体的公示",
        "issued",
        paper.number,
    )
    assert titles_of([("bulletin", paper.pk)]) == {("bulletin", paper.pk): paper.title}
    assert visible_of([("bulletin", paper.pk)], powers(city, "住建经办")) == {("bulletin", paper.pk)}


def test_draft_is_seen_by_its_unit_only(city: City) -> None:
    paper = begun(city)

    seen = {who for who in city.accounts if paper in Bulletin.objects.visible_with(powers(city, who))}
    assert seen >= {"环境经办", "环境局长"}
    assert not seen & {"住建经办", "住建局长", "工委甲", "分办甲", "管家甲"}


def test_paper_of_one_unit_to_another_is_seen_by_both_and_who_oversees(city: City) -> None:
    about = ("organisation", city.units["zjj"].pk)
    paper = begun(city, code="approval-reply", about=about, values={"title": "批复", "received": "收悉。"})
    paper = signed(city, paper, "环境经办", "环境局长")

    seen = {who for who in city.accounts if paper in Bulletin.objects.visible_with(powers(city, who))}
    assert seen >= {"环境经办", "环境局长", "住建经办", "住建局长", "工委甲"}
    assert not seen & {"分办甲", "管家甲"}


def test_withdrawn_it_leaves_the_public_and_says_why(city: City) -> None:
    paper = issued(city)
    with refused("not-yours"):
        domain.withdraw(
            paper.pk, ground="mistaken", note_text="名单有误", powers=powers(city, "环境经办"), at=moment(AT)
        )

    paper = domain.withdraw(
        paper.pk, ground="mistaken", note_text="名单有误", powers=powers(city, "环境局长"), at=moment(AT)
    )

    assert (paper.state, paper.notes[-1]["text"]) == ("withdrawn", "名单有误")
    assert not Bulletin.objects.public(moment(AT)).exists()


def test_same_submission_drafts_once(city: City) -> None:

    submission = uuid.uuid4()

    assert begun(city, submission=submission).pk == begun(city, submission=submission).pk
