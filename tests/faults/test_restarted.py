"""PostgreSQL restarted under the pages: what is asked meanwhile is refused in words, what comes after is answered, nobody restarts anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.serving import Service
from tests.live.running import free_port

pytestmark = [pytest.mark.db]
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Server:
    """A PostgreSQL of its own, in a folder of its own: those of pytest are shut to its owner whenever another run begins."""

    def __init__(self, home):
        self.data, self.log, self.port = home / "data", home / "log", free_port()
        self.owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.owner:
            shutil.chown(home, "postgres")
        made = ["--username=ronghe", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", "-D", self.data, *made)

    @property
    def address(self):
        return f"postgresql://ronghe@127.0.0.1:{self.port}/postgres"

    def start(self):
        """Until it takes connections."""
        given = (f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=")
        words = " ".join(f"-c {one}" for one in (*given, "log_min_messages=fatal"))
        self._run("pg_ctl", "start", "--wait", "--timeout=90", "-D", self.data, "-l", self.log, "-o", words)

    def stop(self):
        """Until it has ended; everybody's connection is cut."""
        self._run("pg_ctl", "stop", "--wait", "--timeout=90", "--mode=fast", "-D", self.data)

    def _run(self, program, *words):
        done = subprocess.run(
            [*self.owner, PROGRAMS[-1] / program, *words],
            cwd="/",
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = self.log.read_text() if self.log.exists() else ""
        assert done.returncode == 0, f"{program}: {done.stderr}{said}"


@pytest.fixture
def server():
    with TemporaryDirectory(prefix="ronghe-restarted-", ignore_cleanup_errors=True) as home:
        found = Server(Path(home))
        found.start()
        try:
            yield found
        finally:
            if (found.data / "postmaster.pid").exists():
                found.stop()


@pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed here")
def test_the_database_restarted_needs_nobody_to_restart_the_pages(server):
    env = {**os.environ, "RONGHE_DATABASE_URL": server.address}
    subprocess.run([sys.executable, "-m", "ronghe", "init"], env=env, check=True, stdout=subprocess.DEVNULL)
    service = Service(server.address)
    try:
        service.start_web()
        before = [service.status("/public/answers/") for _ in range(8)]
        server.stop()
        meanwhile = {service.status("/public/answers/") for _ in range(4)}
        server.start()
        after = [service.status("/public/answers/") for _ in range(16)]
    finally:
        service.stop()

    assert (set(before), set(after)) == ({200}, {200})
    assert meanwhile <= {500, 503}  # in words: an answer, not a connection that hangs
