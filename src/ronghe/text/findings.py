"""What a rule found in a text."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What was found; `label` is what people call it."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    IDENTITY = "identity"
    CARD = "card"
    PLATE = "plate"
    MAIL = "mail"
    ACCOUNT = "account"
    ROOM = "room"
    NAME = "name"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.MOBILE: "手机号码",
    Kind.LANDLINE: "电话号码",
    Kind.IDENTITY: "身份证号码",
    Kind.CARD: "银行卡号",
    Kind.PLATE: "车牌号码",
    Kind.MAIL: "电子邮箱",
    Kind.ACCOUNT: "微信或QQ号",
    Kind.ROOM: "门牌房号",
    Kind.NAME: "姓名",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Where something personal stands in a text (`start` to `end`), and what is shown in its place, equally long."""

    kind: Kind
    start: int
    end: int
    shown: str


class Spot(NamedTuple):
    """What a finder gives: where it is, and which characters of it are covered."""

    kind: Kind
    start: int
    end: int
    hidden: Container[int]
