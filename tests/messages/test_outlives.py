"""A message written with an act is there after the process was killed; one of an act that failed never was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

pytestmark = [pytest.mark.db]

ACTS = """
import os, signal, django
django.setup()
from django.core.management import call_command
from django.db import transaction
from ronghe.messages.domain import Address, send
from tests.city import moment

call_command("migrate", verbosity=0)
def tell(title):
    send(Address("identity", 9), kind="x", title=title, text="内容", at=moment("2026-03-02 10:00"))
try:
    with transaction.atomic():
        tell("没办成")
        raise ValueError
except ValueError:
    pass
with transaction.atomic():
    tell("办成了")
with transaction.atomic():
    tell("办到一半")
    os.kill(os.getpid(), signal.SIGKILL)
"""
WORKER = """
import django
django.setup()
from ronghe.definitions.queries import calendar
from ronghe.messages.domain import deliver
from tests.city import moment
from tests.messages.test_deliver import Kept

kept = Kept()
deliver(moment("2026-03-02 10:00"), calendar(), transport=kept)
deliver(moment("2026-03-02 10:30"), calendar(), transport=kept)
print(*(parcel.title for parcel in kept.parcels))
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the process has a file of its own")
def test_what_was_committed_survives_a_kill_and_is_sent_once(tmp_path: Path):
    more = {"RONGHE_DATABASE_URL": f"sqlite:///{tmp_path / 'kill.sqlite3'}", "RONGHE_DATA_DIR": str(tmp_path)}
    environment = {**os.environ, **more, "DJANGO_SETTINGS_MODULE": "ronghe.settings"}

    def run(program: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            env=environment,
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )

    killed = run(ACTS)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert run(WORKER).stdout.split() == ["办成了"]
