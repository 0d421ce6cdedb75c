"""改按新的一版办理 on a page: who may, what is told before, moving those chosen or all, and what those who cannot see read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.definitions.domain import propose, sign
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import pack_folder
from ronghe.organisations import domain
from ronghe.www.administration import moving
from tests.casework.test_desk_acts import do, file
from tests.casework.test_moving import WRITTEN
from tests.city import ACTOR, City
from tests.www.test_administration_rules import administrator, signed, text_of

__all__ = ["administrator"]

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PATH = "/desk/admin/definitions/procedure/enterprise-request/move/"
REASON = "新规定缩短了办理时限，一并按新规定办。"


def filed(city: City) -> Case:
    now = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    return do(city, file(city, at=now), "环境经办", now, "accept")


def newer(*changes: tuple[str, str]) -> Edition:
    """The procedure with these words changed, in force from today."""
    text = (pack_folder("") / WRITTEN).read_text(encoding="utf-8")
    for before, after in changes or (("limit: 5 工作日", "limit: 8 工作日"),):
        assert before in text
        text = text.replace(before, after)
    proposal = propose(text.encode(), file_name="request.yaml", actor=ACTOR, at=timezone.now())
    return sign(proposal, effective=timezone.localdate(), actor=ACTOR, at=timezone.localtime())


def test_only_administrators_open_it_and_nothing_there_is_said(city: City, administrator: Client) -> None:
    codes = [
        one.get(PATH).status_code
        for one in (administrator, signed(city, "工委甲"), signed(city, "环境局长"), Client())
    ]

    assert codes == [200, 403, 403, 302]
    assert "办理中的件都按现行的一版在办" in text_of(administrator.get(PATH))
    assert administrator.get(PATH.replace("enterprise-request", "never")).status_code == 404


def test_who_administers_without_overseeing_sees_how_many_and_moves_all(
    city: City, administrator: Client
) -> None:
    case, edition = filed(city), newer()
    page = text_of(administrator.get("/desk/admin/definitions/procedure/enterprise-request/"))
    told = text_of(administrator.get(PATH))
    short = administrator.post(PATH, {"which": "all", "reason": "好"})
    assert Case.objects.get().edition != edition
    hidden = administrator.post(PATH, {"which": "chosen", "reason": REASON, "pick": [case.number]})
    assert Case.objects.get().edition != edition
    done = text_of(administrator.post(PATH, {"which": "all", "reason": REASON}, follow=True))

    assert "1 件还按以前的版在办" in page
    assert "时限由 5 工作日 改为 8 工作日" in told
    assert "全部改过来（1 件）" in told
    assert case.number not in told
    assert (short.status_code, hidden.status_code) == (422, 422)
    assert "没有选中要改的件" in text_of(hidden)
    assert "1 件已改按现行的一版办理" in done
    assert Case.objects.get().edition == edition


def test_who_oversees_too_chooses_and_reads_why_some_stay(city: City, administrator: Client) -> None:
    city.seat("szgw", "committee-staff", "管督甲")
    post = city.units["szgw"].posts.get(kind="administrator")
    both = city.accounts["管督甲"]
    domain.appoint(post, person=both.person, actor=ACTOR, at=timezone.now() - dt.timedelta(days=2))
    client = Client()
    client.force_login(both)
    first, second = filed(city), filed(city)
    now = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    stuck = file(city, at=now)
    edition = newer(
        ("limit: 5 工作日", "limit: 8 工作日"),
        ("step: receive", "step: intake"),
        ("title: 接收", "title: 收件"),
        ("transfer: receive", "transfer: intake"),
    )
    told = text_of(client.get(PATH))
    client.post(PATH, {"which": "chosen", "reason": REASON, "pick": [second.number]})

    assert "1 件现在不能改" in told
    assert "正在办的环节“接收”，新的一版里没有" in told
    assert all(case.number in told for case in (first, second, stuck))
    assert dict(Case.objects.values_list("number", "edition")) == {
        first.number: first.edition_id,
        second.number: edition.pk,
        stuck.number: stuck.edition_id,
    }


def test_the_page_takes_a_fixed_number_of_statements(city: City, administrator: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            administrator.get(PATH)
        return len(statements)

    case = filed(city)
    newer()
    asked()
    one = asked()
    for _ in range(2):
        filed(city)
    Case.objects.update(edition=case.edition)

    assert asked() == one


def test_more_than_one_act_moves_are_said_so_and_the_rest_is_folded_away(
    city: City, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "FIRST", 1)
    monkeypatch.setattr(moving, "MOST", 2)
    both = city.seat("szgw", "committee-staff", "管督乙")
    post = city.units["szgw"].posts.get(kind="administrator")
    domain.appoint(post, person=both.person, actor=ACTOR, at=timezone.now() - dt.timedelta(days=2))
    cases = [filed(city) for _ in range(3)]
    newer()
    told = text_of(administrator.get(PATH))
    administrator.force_login(both)
    seen = text_of(administrator.get(PATH))

    assert "把最早的 2 件改过来" in told
    assert "一次最多改 2 件，改完再改余下的。 您看不到内容的件，这里只计数、不列出。" in told
    assert "全部改过来" not in told
    assert [case.number in seen for case in cases] == [True, True, False]
    assert "其余 1 件" in seen
    assert "您看不到内容的件" not in seen
