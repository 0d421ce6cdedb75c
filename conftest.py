"""Runs before Django's settings are read: tests keep their files apart and hash passwords quickly."""

import os
import tempfile

os.environ["RONGHE_TESTING"] = "1"
os.environ["RONGHE_DATA_DIR"] = tempfile.mkdtemp(prefix="ronghe-tests-")
os.environ["RONGHE_LIVE_PORT"] = "0"  # no process of live events: tests that want one start it
