"""`ronghe serve`: the pages and the work behind them, as processes of this one."""

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


class Command(RongheCommand):
    """Starts both, waits, and stops both by their pids when told to or when one of them ends."""

    help = "启动网站和后台工作进程；按 Ctrl+C 停止。"

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
        commands = (pages, [sys.executable, "-m", "ronghe", "work"])
        processes = [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603 - our own commands
        signal.signal(signal.SIGTERM, _interrupt)
        self.stdout.write(f"融合已启动：http://{host}:{port} （Ctrl+C 停止）")
        self.stdout.flush()
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return {"stopped": True}
        finally:
            _stop(processes)
        raise Refused("有一个进程意外退出，已全部停止。请看上面的日志；端口被占用时可换 --port。")

    def text(self, _report: dict[str, Any]) -> str:
        return "融合已停止。"


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
