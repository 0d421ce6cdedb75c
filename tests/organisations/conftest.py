"""A pack of a few kinds, and a founder who builds on chosen days."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ronghe.definitions.domain import load_packs
from ronghe.organisations import domain
from ronghe.organisations.models import Organisation, Person, Post

ACTOR = "person:1"
PACK = """\
organisation: department
title: 部门
source: 测试
effective: 2020-01-01
tree: government
form:
  - {field: founded, title: 成立日期, type: date}
---
{organisation: branch, title: 支部, source: 测试, effective: 2020-01-01, tree: party}
---
{organisation: enterprise, title: 企业, source: 测试, effective: 2020-01-01, tree: others}
---
post: chief
title: 局长
source: 测试
effective: 2020-01-01
in: [department]
may: [lead, handle]
form:
  - {field: business, title: 业务职责, type: text, max: 1000, optional: true}
  - {field: party, title: 党建职责, type: text, max: 1000, optional: true}
---
{post: head, title: 负责人, source: 测试, effective: 2020-01-01}
---
{post: clerk, title: 经办, source: 测试, effective: 2020-01-01, may: [handle]}
---
{post: triage-officer, title: 分办员, source: 测试, effective: 2020-01-01, may: [triage, reveal]}
---
{post: branch-secretary, title: 支部书记, source: 测试, effective: 2020-01-01, in: [branch]}
---
{relationship: assigned, title: 挂点服务, source: 测试, effective: 2020-01-01, from: [department], to: [enterprise], one_per: [to]}
---
{relationship: paired, title: 结对, source: 测试, effective: 2020-01-01, from: [department, clerk], to: [branch]}
"""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moment(text: str) -> dt.datetime:
    """Ten in the morning, Shanghai."""
    return dt.datetime.fromisoformat(f"{text}T10:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def when(text: str) -> dict[str, Any]:
    """Who and when, as every domain function takes them."""
    return {"actor": ACTOR, "at": moment(text)}


@dataclass
class Founder:
    """Builds through the domain; names are codes too."""

    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def unit(
        self,
        name: str,
        parent: Organisation | None = None,
        on: str = "2026-01-05",
        kind: str = "department",
        **more: Any,
    ) -> Organisation:
        return domain.create_organisation(
            code=f"u{next(self.numbers)}", kind=kind, name=name, parent=parent, **when(on), **more
        )

    def person(self, name: str, *posts: Post, on: str = "2026-01-05") -> Person:
        person = domain.create_person(name=name, **when(on))
        for post in posts:
            domain.appoint(post, person=person, **when(on))
        return person

    def seat(self, unit: Organisation, kind: str, name: str, on: str = "2026-01-05") -> Person:
        return self.person(name, domain.create_post(unit, kind=kind, **when(on)), on=on)


@pytest.fixture(scope="session")
def packs_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    (folder / "test").mkdir()
    (folder / "test" / "all.yaml").write_text(PACK, encoding="utf-8")
    return folder


@pytest.fixture
def found(db: None, settings: Any, packs_folder: Any) -> Founder:
    settings.PACKS_DIR, settings.PACKS = packs_folder, ["test"]
    load_packs(["test"], **when("2026-01-01"))
    return Founder()


@pytest.fixture
def refused() -> Callable[..., None]:
    """`refused("code", function, …)`: the call raises our error with the code, a full stop and what to do next."""

    def check(expected: str, function: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        with pytest.raises(Exception) as raised:  # noqa: PT011 - the code is compared
            function(*args, **more)
        assert getattr(raised.value, "code", repr(raised.value)) == expected
        assert raised.value.message.endswith(("。", "？"))
        return raised.value

    return check
