"""`ronghe work`: what is done behind the pages, again and again until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from ronghe.management.base import RongheCommand, whole
from ronghe.management.chores import Rounds
from ronghe.messages.transports import chosen


class Command(RongheCommand):
    """Does the chores of `ronghe.management.chores`, each when it is due."""

    help = "后台工作进程：到期的暂停自动恢复计时，截止的征集自动关闭，临期和超期的件按定义提醒、催办、督办，到点的消息交给通道，为新的台账记录排定次序，办结的请诉求人评价，每个工作日抽取要检查的答复。一项出错不影响其他各项。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=whole(1, 3600), default=1, help="每隔几秒做一轮")
        parser.add_argument("--rounds", type=whole(1, 10**9), help="做满几轮就结束（默认一直做）")

    def run(self, *, every: int, rounds: int | None, **_options: Any) -> dict[str, Any]:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: stop.set())
        chosen()  # a transport that is not known is told now, not with the first message
        work, done = Rounds(), 0
        while not stop.is_set() and (rounds is None or done < rounds):
            work.round(timezone.now())
            done += 1
            if done != rounds:
                stop.wait(every)
        return {"rounds": done, "watermark": work.gave.get("sequence", 0), "failing": sorted(work.failing)}
