"""The process itself: uvicorn around one `Live`, ended in order by SIGTERM."""

from __future__ import annotations

import resource
import signal
import socket

import uvicorn

from ronghe.live.application import Live

GRACE = 1  # seconds for the streams to end


class LiveServer(uvicorn.Server):
    """Ends the streams first: they would otherwise be waited for."""

    def __init__(self, live: Live, *, host: str, port: int) -> None:
        self.live = live
        super().__init__(
            uvicorn.Config(
                live,
                host=host,
                port=port,
                lifespan="on",
                access_log=False,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=5,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.live.hub.close()
        await super().shutdown(sockets)


def serve(host: str, port: int) -> bool:
    """Serve until told to stop; False: it could not begin (the port is taken)."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # one open file for each stream
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn takes it, ends in order, and hands it back
    server = LiveServer(Live(), host=host, port=port)
    try:
        server.run()
    except KeyboardInterrupt:
        return True
    except SystemExit:
        return False
    return server.started
