"""`python -m tests.matrix`: print the matrix, asked now, in an empty database made for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", str(Path(__file__).with_name("show.py"))]))
