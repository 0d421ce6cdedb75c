"""`ronghe serve`: the pages, the work behind them and the live events, as processes of this one."""

from __future__ import annotations

import contextlib
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
THREADS = "2"  # of each worker; more only wait for the same interpreter (docs/speed.md)
ARENAS = {"MALLOC_ARENA_MAX": "2"}  # each thread with memory of its own keeps megabytes that nobody uses
SHORT, MOST_SHORT = 10, 3  # seconds; one that ends so soon after its start so often in a row cannot run here
WAIT = 1  # seconds until one that ended is started again
LIVE_WAIT = 15  # without live events the pages ask by themselves


class Command(RongheCommand):
    """Starts all three, starts again what ends by itself, and stops them by their pids when told to."""

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
        pages += ["--workers", str(workers), "--blocking-threads", THREADS]
        pages += ["--respawn-failed-workers", "ronghe.wsgi:application"]
        live_port = port + 1 if settings.LIVE_PORT == settings.PORT + 1 else settings.LIVE_PORT
        given = {**ARENAS, **os.environ, "RONGHE_PORT": str(port), "RONGHE_LIVE_PORT": str(live_port)}
        ronghe = [sys.executable, "-m", "ronghe"]
        kept = [_Kept(pages, given), _Kept([*ronghe, "work"], given)]
        if live_port:
            kept.append(_Kept([*ronghe, "live", "--host", host], given, wait=LIVE_WAIT, is_needed=False))
        signal.signal(signal.SIGTERM, _interrupt)
        self.stdout.write(f"融合已启动：http://{host}:{port} （Ctrl+C 停止）")
        self.stdout.flush()
        try:
            while not any(one.cannot_run for one in kept):
                time.sleep(0.5)
                for one in kept:
                    one.keep(time.monotonic())
        except KeyboardInterrupt:
            return {"stopped": True}
        finally:
            _stop([one.process for one in kept])
        raise Refused(
            "有一个进程一启动就退出，试了几次都不行，已全部停止。请看上面的日志；端口被占用时可换 --port。"
        )

    def text(self, _report: dict[str, Any]) -> str:
        return "融合已停止。"


class _Kept:
    """A process that is started again when it ends: nothing that was answered is lost with it."""

    def __init__(
        self, command: list[str], given: dict[str, str], *, wait: float = WAIT, is_needed: bool = True
    ) -> None:
        self.command, self.given, self.wait, self.is_needed = command, given, wait, is_needed
        self.short, self.again = 0, 0.0
        self._start()

    @property
    def cannot_run(self) -> bool:
        """Whether it ended at once again and again, and nothing works without it."""
        return self.is_needed and self.short >= MOST_SHORT

    def keep(self, now: float) -> None:
        """Start it again some time after it has ended."""
        if self.process.poll() is None:
            return
        if not self.again:
            self.short = self.short + 1 if now - self.began < SHORT else 0
            self.again = now + self.wait
        elif now >= self.again:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(
                    self.process.pid, signal.SIGKILL
                )  # what it left behind must not answer beside the new one
            self._start()

    def _start(self) -> None:
        self.began, self.again = time.monotonic(), 0.0
        self.process = subprocess.Popen(self.command, start_new_session=True, env=self.given)  # noqa: S603 - our own commands


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
