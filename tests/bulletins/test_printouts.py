"""PDF by the worker: asked for once, tried again, given up to a person, and killed anywhere taken up again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ronghe.bulletins import domain
from ronghe.bulletins.exceptions import DomainError
from ronghe.bulletins.models import Bulletin, Printout
from ronghe.bulletins.printing import kept_pdf
from tests.bulletins.papers import begun
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
AT = moment("2026-03-02 10:00")
WORDS = b"docx"


@pytest.fixture(autouse=True)
def _data_lies_apart(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def asked(paper: Bulletin, words: bytes = WORDS, at: dt.datetime = AT) -> Printout:
    return domain.ask_pdf(paper, words, actor="person:1", at=at)


def keeping(_words: bytes) -> bytes:
    return b"%PDF"


def failing(_words: bytes) -> bytes:
    raise DomainError("not-converted", "没有转成")


def at(seconds: int = 0) -> Any:
    return lambda: AT + dt.timedelta(seconds=seconds)


def stands(row: Printout) -> tuple[str, int, str]:
    row.refresh_from_db()
    return row.state, row.tries, row.trouble


def test_asked_twice_it_is_made_once(city: City) -> None:
    paper = begun(city)
    row = asked(paper)
    assert asked(paper) == row
    made: list[bytes] = []
    done = domain.make_due(at(), convert=lambda words: made.append(words) or b"%PDF")
    again = domain.make_due(at(), convert=keeping)
    row.refresh_from_db()

    assert (done, again, made) == (1, 0, [WORDS])
    assert (row.state, row.done_at, row.docx) == ("done", AT, None)


def test_it_is_tried_again_later_each_time_and_then_left_to_a_person(city: City) -> None:
    row = asked(begun(city))
    told = []
    for seconds in (0, 9, 10, 80, 400, 3000, 9000):
        domain.make_due(at(seconds), convert=failing)
        told.append(stands(row)[:2])

    assert told == [
        ("waiting", 1),
        ("waiting", 1),
        ("waiting", 2),
        ("waiting", 3),
        ("waiting", 4),
        ("failed", 5),
        ("failed", 5),
    ]
    assert stands(row)[2] == "not-converted"


def test_what_trying_again_cannot_mend_is_left_at_once(city: City) -> None:
    def lacking(_words: bytes) -> bytes:
        raise DomainError("no-converter", "没有安装")

    row = asked(begun(city))
    domain.make_due(at(), convert=lacking)

    assert stands(row) == ("failed", 1, "no-converter")


def test_a_person_sees_to_it_tries_anew_or_drops_it(city: City) -> None:
    paper, person = begun(city), city.people["工委甲"].pk
    row = asked(paper)
    Printout.objects.update(state="failed", tries=5)
    domain.take_printout(row.pk, person)
    row.refresh_from_db()
    assert row.owner_id == person
    domain.retry_printout(row.pk, at=AT)
    assert (*stands(row), row.owner_id) == ("waiting", 0, "", None)
    with pytest.raises(DomainError) as refused:
        domain.drop_printout(row.pk)
    assert refused.value.code == "settled"
    Printout.objects.update(state="failed")
    domain.drop_printout(row.pk)
    assert (domain.make_due(at(), convert=keeping), stands(row)[0]) == (0, "dropped")
    asked(paper)
    assert (domain.make_due(at(), convert=keeping), stands(row)[0]) == (1, "done")


def test_killed_while_it_is_made_it_is_taken_up_again(city: City) -> None:
    class KilledError(BaseException):
        pass

    def killed(_words: bytes) -> bytes:
        raise KilledError

    row = asked(begun(city))
    with pytest.raises(KilledError):
        domain.make_due(at(), convert=killed)
    held = domain.make_due(at(60), convert=keeping)

    assert (held, domain.make_due(at(121), convert=keeping), stands(row)[0]) == (0, 1, "done")


def test_one_whose_file_was_lost_is_made_anew(city: City) -> None:
    paper = begun(city)
    row = asked(paper)
    domain.make_due(at(), convert=keeping)
    assert kept_pdf(row.digest) is None

    assert asked(paper).state == "waiting"
