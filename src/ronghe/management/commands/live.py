"""`ronghe live`: what is done is told at once to the pages that follow it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from ronghe.live.server import serve
from ronghe.management.base import Refused, RongheCommand, whole


class Command(RongheCommand):
    """Serves live events until told to stop."""

    requires_system_checks: list[str] = []  # it knows no pages, so it need not read them all to begin
    help = "实时更新进程：办件一有进展，就告诉正开着的页面；serve 已经带着它。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument(
            "--port",
            type=whole(1, 65535),
            default=settings.LIVE_PORT or settings.PORT + 1,
            help="监听端口（RONGHE_LIVE_PORT）",
        )

    def run(self, *, host: str, port: int, **_options: Any) -> dict[str, Any]:
        if not serve(host, port):
            raise Refused(
                "实时更新进程没有启动：端口被占用时可换 --port；网页照常能用，只是改为每隔一会儿更新。"
            )
        return {"stopped": True}

    def text(self, _report: dict[str, Any]) -> str:
        return "实时更新进程已停止。"
