"""The life of a sign-in code, whatever is done with it. By itself: Django's test case ends the connection it used."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.django import TestCase

from ronghe.organisations.domain import visitors
from ronghe.organisations.domain.visitors import LASTS, TRIES
from ronghe.organisations.exceptions import VisitorError
from tests.city import moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PHONE = "13800138000"
AT = moment("2026-03-02 10:00")
SECOND = dt.timedelta(seconds=1)


class CodeLife(TestCase):
    """Whatever is done with codes, somebody signs in only with the newest, unused, timely, not yet spent one."""

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["send", "right", "wrong", "older"]),
                st.integers(min_value=0, max_value=400),
            ),
            max_size=14,
        )
    )
    def test_life(self, acts: list[tuple[str, int]]) -> None:
        at, numbers = AT, itertools.count(100_000)
        codes: list[str] = []
        sent, tries, used = AT, 0, False
        for act, wait in acts:
            at += wait * SECOND
            if act == "send":
                digits = next(numbers)
                try:
                    visitors.send_code(PHONE, at=at, draw=lambda _, drawn=digits: drawn)
                except VisitorError:
                    continue
                codes, sent, tries, used = [*codes, str(digits)], at, 0, False
                continue
            typed = {"right": codes[-1:], "older": codes[-2:-1]}.get(act) or ["999999"]
            alive = bool(codes) and not used and at < sent + LASTS and tries < TRIES
            expected = alive and act == "right"
            tries += alive and not expected
            try:
                visitors.sign_in(PHONE, typed[0], at=at)
            except VisitorError:
                happened = False
            else:
                happened = True
            used = used or happened
            assert happened == expected
