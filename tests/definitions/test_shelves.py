"""Editions kept by a process: nothing is stale where it must not be, and what was kept costs one statement."""

import datetime as dt

import pytest
from django.utils import timezone

from ronghe.core.memory import remembering
from ronghe.definitions import queries
from ronghe.definitions.domain import freeze
from ronghe.definitions.exceptions import ChangedMeanwhile
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import shelves

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

DAY = dt.date(2026, 3, 2)
AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def edition(title="类别", label="1", day=dt.date(2026, 1, 1), sign="a"):
    body = f'{{"list": "kept", "source": ["S-1"], "title": "{title}", "effective": "{day}", "lines": [{{"code": "x", "title": "{title}"}}]}}'
    return Edition.objects.create(
        kind="list", code="kept", edition=label, effective=day, title=title, body=body, hash=sign * 64,
        pack="town", source_file="kept.yaml", loaded_at=AT,
    )  # fmt: skip


def test_what_was_kept_costs_one_small_statement(django_assert_num_queries):
    first = edition()
    with remembering():
        assert queries.edition_for("list", "kept", DAY) == first

    with remembering(), django_assert_num_queries(1):
        assert queries.edition_for("list", "kept", DAY) == first
        assert queries.by_edition(first.pk).edition == first
        assert [one.edition for one in queries.live("list", DAY) if one.edition.code == "kept"] == [first]


def test_another_edition_and_a_changed_one_are_seen_by_the_next_piece_of_work():
    edition()
    assert queries.edition_for("list", "kept", DAY).title == "类别"

    later = edition("新类别", "2", dt.date(2026, 2, 1), "b")
    assert queries.edition_for("list", "kept", DAY) == later
    assert queries.edition_for("list", "kept", dt.date(2026, 1, 31)).title == "类别"

    Edition.objects.filter(pk=later.pk).update(effective=dt.date(2026, 4, 1))
    assert queries.edition_for("list", "kept", DAY).title == "类别"

    later.delete()
    assert queries.edition_for("list", "kept", dt.date(2026, 5, 1)).title == "类别"


def test_freezing_is_seen_and_refuses_what_changed_meanwhile():
    first = edition()
    kept = queries.edition_for("list", "kept", DAY)

    Edition.objects.filter(pk=first.pk).update(hash="c" * 64, title="换过")
    with pytest.raises(ChangedMeanwhile) as refused:
        freeze(kept, at=AT)
    assert "您填写的内容已保留" in refused.value.message

    freeze(queries.edition_for("list", "kept", DAY), at=AT)
    freeze(kept_again := queries.edition_for("list", "kept", DAY), at=timezone.now())
    assert kept_again.frozen_at == AT


@pytest.mark.django_db(transaction=True)
def test_a_process_looks_at_most_once_a_second_and_at_once_where_it_wrote_itself(
    django_assert_num_queries, monkeypatch
):
    first = edition()
    monkeypatch.setattr(shelves, "LASTS", 60.0)
    shelves.look_again()
    with remembering():
        queries.edition_for("list", "kept", DAY)
    with remembering(), django_assert_num_queries(0):
        assert queries.edition_for("list", "kept", DAY) == first
    Edition.objects.filter(pk=first.pk).update(title="换过", hash="d" * 64)

    with remembering():
        assert queries.edition_for("list", "kept", DAY).title == "类别"
    assert queries.edition_for("list", "kept", DAY).title == "换过"  # outside, nothing is remembered
    shelves.look_again()
    with remembering():
        assert queries.edition_for("list", "kept", DAY).title == "换过"
    shelves.look_again()
