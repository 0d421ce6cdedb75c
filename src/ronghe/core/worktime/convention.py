"""How days are counted where the law leaves or sets a choice: data, with the law as default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """The choices of one clock.

    `start_counts`: the start day is day 1. `late_arrival_waits`: what arrives after closing or on a day off
    arrives on the next working day. `pause_day_counts`, `resume_day_counts`: whether the day on which a pause
    begins or ends is used up (default: paused days are half-open, from the day of the pause up to, not
    including, the day of resuming). `roll_natural`: a natural-day or month limit ending on a day off ends on the
    next working day.

    Source: 民法典 (2020) 第201条 (开始的当日不计入), 第202条 (按月计算，没有对应日的，月末日为最后一日),
    第203条 (最后一日是法定休假日的顺延；截止时间为停止业务活动的时间).
    """

    start_counts: bool = False
    late_arrival_waits: bool = False
    pause_day_counts: bool = False
    resume_day_counts: bool = True
    roll_natural: bool = True


LAW = Convention()
