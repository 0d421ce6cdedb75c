"""What a page's token says, for how long, and that nobody can write one."""

from __future__ import annotations

import pytest
from django.core import signing

from ronghe.live.tokens import ACCOUNT, FOLLOWING, SALT, Reader, Ticket, read, write

pytestmark = pytest.mark.unit
CASE = Ticket(Reader(FOLLOWING, 0, "session-key"), 17)
DESK = Ticket(Reader(ACCOUNT, 3, "session-key"), None)


@pytest.mark.parametrize("ticket", [CASE, DESK])
def test_a_token_says_who_reads_what(ticket):
    assert read(write(ticket)) == ticket


def test_a_token_shows_nobody_the_session():
    assert "session-key" not in str(signing.loads(write(CASE), salt=SALT))


def test_an_altered_token_says_nothing():
    token = write(CASE)
    body, rest = token.split(":", 1)

    assert [
        read(one) for one in ("", "x", token[:-1], f"{body}A:{rest}", f"{write(DESK).split(':')[0]}:{rest}")
    ] == [None] * 5


def test_a_token_of_another_use_says_nothing():
    assert read(signing.dumps([FOLLOWING, 0, "x", "case:1"], salt="another")) is None
    assert read(signing.dumps([FOLLOWING, 0, "not sealed", "case:1"], salt=SALT)) is None


def test_an_old_token_says_nothing():
    assert read(write(CASE), lasts=-1) is None
