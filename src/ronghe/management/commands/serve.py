"""`ronghe serve`: the pages, the work behind them and the live events, as processes of this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from ronghe.management.base import Refused, RongheCommand, whole

GRACE = 10
AGAIN = 15  # seconds until live events are tried again: without them the pages ask by themselves


class Command(RongheCommand):
    """Starts all three, waits, and stops them by their pids when told to or when the pages or the work end."""

    help = "启动网站、后台工作和实时更新三个进程；按 Ctrl+C 停止。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument(
            "--port", type=whole(1, 65535), default=settings.PORT, help="监听端口（RONGHE_PORT）"
        )
        parser.add_argument(
            "--workers", type=whole(1, 64), default=settings.WORKERS, help="网站进程数（RONGHE_WORKERS）"
        )

    def run(self, *, host: str, port: int, workers: int, **_options: Any) -> dict[str, Any]:
        pages = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
        pages += ["--workers", str(workers), "--blocking-threads", "4", "ronghe.wsgi:application"]
        live_port = port + 1 if settings.LIVE_PORT == settings.PORT + 1 else settings.LIVE_PORT
        given = {**os.environ, "RONGHE_PORT": str(port), "RONGHE_LIVE_PORT": str(live_port)}
        needed = [_start(command, given) for command in (pages, [sys.executable, "-m", "ronghe", "work"])]
        live = _Live(host, given) if live_port else None
        signal.signal(signal.SIGTERM, _interrupt)
        self.stdout.write(f"融合已启动：http://{host}:{port} （Ctrl+C 停止）")
        self.stdout.flush()
        try:
            while all(process.poll() is None for process in needed):
                time.sleep(0.5)
                if live:
                    live.keep(time.monotonic())
        except KeyboardInterrupt:
            return {"stopped": True}
        finally:
            _stop([*needed, *([live.process] if live else [])])
        raise Refused("有一个进程意外退出，已全部停止。请看上面的日志；端口被占用时可换 --port。")

    def text(self, _report: dict[str, Any]) -> str:
        return "融合已停止。"


class _Live:
    """The process of live events, started again when it ends: the pages do without it meanwhile."""

    def __init__(self, host: str, given: dict[str, str]) -> None:
        self.command = [sys.executable, "-m", "ronghe", "live", "--host", host]
        self.given, self.next = given, 0.0
        self.process = _start(self.command, given)

    def keep(self, now: float) -> None:
        """Start it again where it has ended, but not at once."""
        if self.process.poll() is None:
            self.next = now + AGAIN
        elif now >= self.next:
            self.process, self.next = _start(self.command, self.given), now + AGAIN


def _start(command: list[str], given: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, start_new_session=True, env=given)  # noqa: S603 - our own commands


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the page workers it started
            process.wait()
