"""What can happen to a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from ronghe.core.errors import RongheError
from ronghe.core.worktime.quantity import Limit

Kind = Literal["start", "pause", "resume", "extend", "stop", "recalendar"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One line of a clock's log.

    `limit`: of a start, the time allowed (None: no limit applies); of an extension, the time added. `ground`: why
    paused; a resume with a ground ends the pauses of that ground, one without ends all. `until`: the latest
    instant to which a pause may last (see `latest_resume`). `document`: the number of the paper it rests on, or,
    of a recalendar, the calendar's version; that kind only records why a due date moved.
    """

    kind: Kind
    at: datetime
    limit: Limit | None = None
    ground: str = ""
    document: str = ""
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RongheError("clock.kind", f"计时日志没有“{self.kind}”这种事件，可用：{'、'.join(KINDS)}")
        if self.at.tzinfo is None or (self.until is not None and self.until.tzinfo is None):
            raise RongheError("clock.naive", "计时事件的时间缺少时区，请带上时区（如 +08:00）再记")
        if self.kind == "extend" and self.limit is None:
            raise RongheError("clock.extend", "延期须写明延长多少，如“5 工作日”")

    def to_json(self) -> dict[str, str]:
        told = {
            "kind": self.kind,
            "at": self.at.isoformat(),
            "ground": self.ground,
            "document": self.document,
        }
        told["limit"] = str(self.limit) if self.limit else ""
        told["until"] = self.until.isoformat() if self.until else ""
        return {key: value for key, value in told.items() if value}

    @classmethod
    def from_json(cls, told: Mapping[str, str]) -> ClockEvent:
        limit, until = told.get("limit"), told.get("until")
        return cls(
            cast(Kind, told["kind"]),
            datetime.fromisoformat(told["at"]),
            Limit.parse(limit) if limit else None,
            told.get("ground", ""),
            told.get("document", ""),
            datetime.fromisoformat(until) if until else None,
        )
