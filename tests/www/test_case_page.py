"""The case page: what it tells, and the acts done on it."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case, Note, Reply
from ronghe.ledger.models import Entry
from ronghe.www.desk.doing import CASE_ACTS, STEP_ACTS
from ronghe.www.desk.told import NEXT
from tests.city import City
from tests.www.desk_cases import ago, answered, do, file_message, file_request, fresh

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


def handled(city: City) -> Case:
    """A request accepted by 市生态环境局: its step 2 is open."""
    return do(city, "环境经办", file_request(city), 1, "accept")


def answerable(city: City) -> Case:
    """A request whose reply is to be written: its step 3 is open."""
    return do(city, "环境经办", handled(city), 2, "ready")


def step(case: Case, no: int, outcome: str) -> str:
    return reverse("case-step", args=[case.number, no, outcome])


def typed(no: int, outcome: str, **values: str) -> dict[str, str]:
    return {f"step-{no}-{outcome}-{name}": value for name, value in values.items()}


def test_case_page_tells_everything_about_the_case(city: City, officer: Client) -> None:
    case = handled(city)

    page = officer.get(reverse("case", args=[case.number])).content.decode()

    for words in (case.number, case.title, "正常", "个工作日", "市生态环境局", "货车无法进出", "为什么是这一天到期", "次日起算",
                  "王建国", "现在要办：办理", "办理完毕，转答复", "征求协办意见", "暂停计时", "分派经办人", "记备注"):  # fmt: skip
        assert words in page, words
    assert "延长期限" not in page


def test_step_is_done_and_the_case_goes_on_with_the_same_person(city: City, officer: Client) -> None:
    case = handled(city)

    answer = officer.post(
        step(case, 2, "ready"), {"revision": case.revision, **typed(2, "ready", note="已现场看过")}
    )

    assert (answer.status_code, answer["Location"]) == (302, reverse("case", args=[case.number]))
    assert [one.code for one in case.steps.filter(done_at=None)] == ["reply"]
    assert Note.objects.get(case=case).text == "已现场看过"
    assert "已现场看过" in officer.get(answer["Location"]).content.decode()


def test_finishing_one_opens_the_next_of_the_worklist(city: City, officer: Client) -> None:
    first, second = file_request(city, at=ago(hours=5)), file_request(city, at=ago(hours=1))

    sent = {"revision": first.revision, **typed(1, "transfer", to="市住房和建设局")}
    answer = officer.post(step(first, 1, "transfer"), sent, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("case", args=[second.number])
    assert f"{first.number}</a>：转办，已经办好。接下来：市住房和建设局接收。" in answer.content.decode()


def test_merged_case_says_how_it_goes_on(city: City, officer: Client) -> None:
    into, case = handled(city), handled(city)

    answer = officer.post(
        reverse("case-merge", args=[case.number]),
        {"revision": case.revision, "merge-0-into": into.number},
        follow=True,
    ).content.decode()

    assert "并入另一件：已经记下。主件答复时本件同时答复，本件期限不变。" in answer
    assert ("并入以后不再单独办" in answer, "这一步由别的单位办" in answer) == (True, False)


def test_merging_into_a_hidden_case_reads_like_into_none(city: City, officer: Client) -> None:
    case = handled(city)
    hidden = do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["zjj"])

    def said(number: str) -> list[str]:
        sent = {"revision": case.revision, "merge-0-into": number}
        page = officer.post(reverse("case-merge", args=[case.number]), sent).content.decode()
        return re.findall(r"没有找到[^<]*", page)

    assert said(hidden.number) == said("LY2026-999999") != []


def test_every_act_without_a_step_says_what_follows() -> None:
    assert set(NEXT) == {*STEP_ACTS, *CASE_ACTS}


def test_finishing_the_last_one_opens_the_desk(city: City, officer: Client) -> None:
    case = answerable(city)

    answer = officer.post(
        step(case, 3, "submit"),
        {
            "revision": case.revision,
            **typed(3, "submit", part_handling="已协调。", part_opinion="三日内恢复。"),
        },
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == "/desk/"
    assert (fresh(case).state, Reply.objects.get().text) == ("open", "已协调。\n\n三日内恢复。")


def test_reply_that_is_missing_is_asked_for(city: City, officer: Client) -> None:
    case = answerable(city)

    answer = officer.post(step(case, 3, "submit"), {"revision": case.revision})

    assert (answer.status_code, fresh(case).state) == (422, "open")
    assert "还没有填写，请填写后再提交。" in answer.content.decode()


def test_transfer_finds_the_unit_by_name_and_says_when_there_is_none(city: City, officer: Client) -> None:
    case = file_request(city)

    unknown = officer.post(
        step(case, 1, "transfer"), {"revision": case.revision, **typed(1, "transfer", to="住房局")}
    )
    found = officer.post(
        step(case, 1, "transfer"),
        {"revision": case.revision, **typed(1, "transfer", to="市住房和建设局", note="属住建")},
    )

    assert (unknown.status_code, "没有叫“住房局”的单位" in unknown.content.decode(), "住房局" in unknown.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    assert (found.status_code, fresh(case).responsible) == (302, city.units["zjj"])


def test_decline_needs_a_reason(city: City, officer: Client) -> None:
    case = file_request(city)

    without = officer.post(step(case, 1, "decline"), {"revision": case.revision})
    officer.post(
        step(case, 1, "decline"), {"revision": case.revision, **typed(1, "decline", note="已由法院受理。")}
    )

    assert without.status_code == 422
    assert (fresh(case).state, fresh(case).result) == ("closed", "declined")


def test_joint_handling_names_units(city: City, officer: Client) -> None:
    case = handled(city)

    without = officer.post(step(case, 2, "joint"), {"revision": case.revision})
    officer.post(
        step(case, 2, "joint"), {"revision": case.revision, **typed(2, "joint", co_1="市住房和建设局")}
    )

    assert without.status_code == 422
    assert [one.holder for one in case.steps.filter(done_at=None)] == [city.units["zjj"]]
    page = officer.get(reverse("case", args=[case.number])).content.decode()
    assert "协办意见" in page


def test_clock_is_paused_resumed_and_explained(city: City, officer: Client) -> None:
    case = handled(city)
    address = reverse("case-pause", args=[case.number, 2])

    without = officer.post(address, {"revision": case.revision})
    officer.post(
        address, {"revision": case.revision, "pause-2-ground": "supplement", "pause-2-note": "请补合同"}
    )
    paused = officer.get(reverse("case", args=[case.number])).content.decode()
    officer.post(reverse("case-resume", args=[case.number]), {"revision": fresh(case).revision})

    assert without.status_code == 422
    assert ("暂停计时（补充材料）" in paused, "请补合同" in paused, "supplement" in paused.replace('value="supplement"', "")) == (
        True, True, False,
    )  # fmt: skip
    assert fresh(case).paused_at is None


def test_extension_is_offered_to_the_leader_only(city: City, client: Client) -> None:
    case = handled(city)
    address = reverse("case-extend", args=[case.number, 2])
    asked = {
        "revision": case.revision,
        "extend-2-amount": "5",
        "extend-2-note": "需专家论证",
        "extend-2-document": "环办〔2026〕3号",
    }

    client.force_login(city.accounts["环境经办"])
    by_officer = client.post(address, asked)
    client.force_login(city.accounts["环境局长"])
    too_long = client.post(address, {**asked, "extend-2-amount": "50"})
    by_leader = client.post(address, asked)

    assert (by_officer.status_code, too_long.status_code, by_leader.status_code) == (403, 422, 302)
    assert "延期最长 5 工作日" in too_long.content.decode()
    assert fresh(case).due > case.due


def test_step_is_assigned_to_somebody_of_the_unit(city: City, officer: Client) -> None:
    case = handled(city)
    address = reverse("case-assign", args=[case.number, 2])

    stranger = officer.post(
        address, {"revision": case.revision, "assign-2-person": city.people["住建经办"].pk}
    )
    officer.post(address, {"revision": case.revision, "assign-2-person": city.people["环境局长"].pk})

    assert stranger.status_code == 422
    assert case.steps.get(no=2).assignee == city.people["环境局长"]
    assert "环境局长" in officer.get("/desk/").content.decode()


def test_note_never_collides(city: City, officer: Client) -> None:
    case = file_request(city)
    do(city, "环境经办", case, 1, "accept")

    answer = officer.post(
        reverse("case-note", args=[case.number]), {"revision": case.revision, "note-0-text": "企业来电催问"}
    )

    assert answer.status_code == 302
    assert "企业来电催问" in officer.get(reverse("case", args=[case.number])).content.decode()


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("step/2/ready", {"step-2-ready-note": "已现场看过"}),
        ("pause/2", {"pause-2-ground": "survey"}),
        ("assign/2", {}),
        ("note", {"note-0-text": "企业来电催问"}),
    ],
)
def test_double_submit_is_harmless(city: City, officer: Client, address: str, sent: dict[str, str]) -> None:
    case = handled(city)
    sent = {"revision": str(case.revision), **sent}
    if address.startswith("assign"):
        sent["assign-2-person"] = str(city.people["环境局长"].pk)

    first, second = (officer.post(f"/desk/cases/{case.number}/{address}/", sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert (
        Entry.objects.filter(subject_type="case", subject_id=case.pk, seq__gt=case.revision)
        .exclude(kind="step.opened")
        .count()
        == 1
    )


def test_stale_page_keeps_what_was_typed_beside_what_is_new(city: City, officer: Client) -> None:
    case = answerable(city)
    do(city, "环境局长", case, 3, "submit", reply="局长已答复。")

    answer = officer.post(
        step(case, 3, "submit"),
        {"revision": case.revision, **typed(3, "submit", part_opinion="我写了很久的答复。")},
    )
    page = answer.content.decode()

    assert answer.status_code == 409
    assert ("我写了很久的答复。" in page, "局长已答复。" in page, "is-new" in page) == (True, True, True)
    assert [reply.text for reply in Reply.objects.all()] == ["局长已答复。"]


def test_stale_form_that_is_still_there_can_be_sent_again(city: City, officer: Client) -> None:
    case = answerable(city)
    officer.post(
        reverse("case-note", args=[case.number]), {"revision": case.revision, "note-0-text": "别人加了一条"}
    )
    sent = {
        "revision": case.revision,
        **typed(3, "submit", part_handling="已协调。", part_opinion="已恢复通行。"),
    }

    stale = officer.post(step(case, 3, "submit"), sent)
    again = officer.post(step(case, 3, "submit"), {**sent, "revision": fresh(case).revision})

    assert (stale.status_code, stale.content.decode().count("已恢复通行。")) == (409, 1)
    assert f'name="revision" value="{fresh(case).revision - 3}"' in stale.content.decode()
    assert (again.status_code, Reply.objects.get().text) == (302, "已协调。\n\n已恢复通行。")


def test_expired_session_gives_back_what_was_typed(city: City, client: Client) -> None:
    case = answerable(city)

    sent = client.post(
        step(case, 3, "submit"),
        {"revision": case.revision, **typed(3, "submit", part_opinion="写到一半的答复")},
    )
    client.post(
        sent["Location"],
        {"username": "环境经办", "password": "a-long-test-password", "next": step(case, 3, "submit")},
    )
    page = client.get(step(case, 3, "submit")).content.decode()

    assert sent["Location"].startswith("/sign-in/")
    assert "写到一半的答复" in page
    assert "写到一半的答复" not in client.get(reverse("case", args=[case.number])).content.decode()
    assert fresh(case).state == "open"


@pytest.mark.parametrize("revision", ["", "x", "-1", "99999"])
def test_revision_that_was_tampered_with_does_nothing(city: City, officer: Client, revision: str) -> None:
    case = file_request(city)

    answer = officer.post(step(case, 1, "accept"), {"revision": revision})

    assert answer.status_code in {403, 409}
    assert fresh(case).revision == case.revision


def test_number_that_does_not_exist_is_not_found(city: City, officer: Client) -> None:
    assert officer.get("/desk/cases/QY2026-999999/").status_code == 404


def test_closed_case_can_still_be_read(city: City, officer: Client) -> None:
    case = answerable(city)
    answered(city, case, "已恢复通行。")

    page = officer.get(reverse("case", args=[case.number])).content.decode()

    assert ("已恢复通行。" in page, "现在要办" in page, "按时" in page) == (True, False, True)


def test_address_of_a_made_up_act_is_not_found(city: City, officer: Client) -> None:
    case = file_request(city)

    assert officer.post(f"/desk/cases/{case.number}/{uuid.uuid4()}/", {}).status_code == 404


def test_what_the_requester_adds_is_not_called_an_officers_note(city: City, officer: Client) -> None:
    case = handled(city)
    domain.add_note(case.pk, By(f"requester:{case.pk}", ago(minutes=5)), text="今天又有两车进不来。")
    domain.add_note(case.pk, By("system:test", ago(minutes=4)), text="已电话联系。")

    page = officer.get(reverse("case", args=[case.number])).content.decode()

    assert "诉求人</span> 补充说明</p>" in page
    assert "系统</span> 记录备注</p>" in page
