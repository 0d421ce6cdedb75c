"""PostgreSQL restarted under the pages: what is asked meanwhile is refused in words, what comes after is answered, nobody restarts anything."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.serving import Service
from tests.live.running import free_port

pytestmark = [pytest.mark.db]
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def start(data, port):
    owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    words = [
        "-p",
        str(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "log_min_messages=fatal",
    ]
    server = subprocess.Popen(
        [*owner, PROGRAMS[-1] / "postgres", "-D", data, *words], stderr=subprocess.DEVNULL
    )
    ready = [
        PROGRAMS[-1] / "pg_isready",
        "-q",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-U",
        "ronghe",
        "-d",
        "postgres",
    ]
    while subprocess.run(ready, check=False).returncode:
        assert server.poll() is None
        time.sleep(0.1)
    return server


def stop(server, data):
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
    server.wait(30)


@pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed here")
def test_the_database_restarted_needs_nobody_to_restart_the_pages(tmp_path_factory):
    home = tmp_path_factory.mktemp("postgres")
    data, port = home / "data", free_port()
    for folder in (home, *list(home.parents)[: len(home.parents) - 2]):
        folder.chmod(0o755)
    data.mkdir(mode=0o700)
    owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if owner:
        shutil.chown(data, "postgres")
    made = ["--username=ronghe", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [*owner, PROGRAMS[-1] / "initdb", "-D", data, *made], check=True, stdout=subprocess.DEVNULL
    )
    server, service = start(data, port), Service(f"postgresql://ronghe@127.0.0.1:{port}/postgres")
    try:
        env = {**os.environ, "RONGHE_DATABASE_URL": service.address}
        subprocess.run(
            [sys.executable, "-m", "ronghe", "init"], env=env, check=True, stdout=subprocess.DEVNULL
        )
        service.start_web()
        before = [service.status("/public/answers/") for _ in range(8)]
        stop(server, data)
        meanwhile = {service.status("/public/answers/") for _ in range(4)}
        server = start(data, port)
        after = [service.status("/public/answers/") for _ in range(16)]
    finally:
        service.stop()
        stop(server, data)

    assert (set(before), set(after)) == ({200}, {200})
    assert meanwhile <= {500, 503}  # in words: an answer, not a connection that hangs
