"""`ronghe work`: what is done behind the pages, again and again until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser
from django.db import close_old_connections
from django.utils import timezone

from ronghe.casework.domain import close_expired_calls, escalate_due, resume_expired
from ronghe.definitions.queries import calendar
from ronghe.judgements.domain import ask_due, draw_due
from ronghe.ledger.domain import sequence
from ronghe.management.base import RongheCommand, whole
from ronghe.management.tables import size_up
from ronghe.messages.domain import deliver
from ronghe.messages.transports import chosen

SIZED_EVERY = 24 * 3600  # rounds: a day, as they usually are


class Command(RongheCommand):
    """Ends pauses and calls whose time is over, urges what is near or past its time, hands messages over, orders new entries, asks for ratings, draws the day's checks."""

    help = "后台工作进程：到期的暂停自动恢复计时，截止的征集自动关闭，临期和超期的件按定义提醒、催办、督办，到点的消息交给通道，为新的台账记录排定次序，办结的请诉求人评价，每个工作日抽取要检查的答复。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=whole(1, 3600), default=1, help="每隔几秒做一轮")
        parser.add_argument("--rounds", type=whole(1, 10**9), help="做满几轮就结束（默认一直做）")

    def run(self, *, every: int, rounds: int | None, **_options: Any) -> dict[str, Any]:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: stop.set())
        transport, done, watermark = chosen(), 0, 0
        while not stop.is_set() and (rounds is None or done < rounds):
            resume_expired(timezone.now())
            close_expired_calls(timezone.now())
            escalate_due(timezone.now(), calendar())
            deliver(timezone.now(), calendar(), transport=transport)
            watermark = sequence()
            ask_due(timezone.now())
            draw_due(timezone.now(), calendar())
            if done % SIZED_EVERY == 0:
                size_up()
            close_old_connections()
            done += 1
            if done != rounds:
                stop.wait(every)
        return {"rounds": done, "watermark": watermark}
