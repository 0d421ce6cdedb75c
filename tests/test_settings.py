"""What is read once when a process begins."""

from __future__ import annotations

import secrets
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ronghe import settings

pytestmark = pytest.mark.unit

TOGETHER = 4


def test_processes_that_begin_together_hold_one_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, draw = threading.Barrier(TOGETHER), secrets.token_urlsafe

    def all_at_once(size: int) -> str:
        gate.wait(10)
        return draw(size)

    monkeypatch.delenv("RONGHE_SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "new")
    monkeypatch.setattr(secrets, "token_urlsafe", all_at_once)

    with ThreadPoolExecutor(TOGETHER) as pool:
        keys = list(pool.map(lambda _: settings._secret_key(), range(TOGETHER)))

    assert len(set(keys)) == 1
    assert len(keys[0]) == 64
    (kept,) = (tmp_path / "new").iterdir()
    assert kept.read_text() == keys[0]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert settings._secret_key() == keys[0]
